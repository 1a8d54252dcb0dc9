/** The name that differs from `name` in the fewest characters, when those are no more than half of it. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let fewest = Math.floor(name.length / 2) + 1;
  for (const candidate of names) {
    const distance = editDistance(name, candidate);
    if (distance < fewest) [nearest, fewest] = [candidate, distance];
  }
  return nearest;
}

/** Levenshtein's: characters to insert, delete or replace. */
function editDistance(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (above[column - 1] as number) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    above = current;
  }
  return above[right.length] as number;
}
