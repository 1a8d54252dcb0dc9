// Looked up once: in a context of `node:vm`, where tests run, a global costs a hundred times as much as what it does.
const { imul } = Math;

/** A 53-bit hash of a text as hexadecimal (cyrb53, public domain, by bryc): tells inputs apart on replay, protects nothing. */
export function digest(text: string): string {
  const [high, low] = hash64(text, 0);
  return (high & 0x1fffff).toString(16).padStart(6, '0') + low.toString(16).padStart(8, '0');
}

/** Two 32-bit words from a text. */
export function hash64(text: string, seed: number): readonly [number, number] {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = imul(a ^ unit, 2654435761);
    b = imul(b ^ unit, 1597334677);
  }
  a = imul(a ^ (a >>> 16), 2246822507) ^ imul(b ^ (b >>> 13), 3266489909);
  b = imul(b ^ (b >>> 16), 2246822507) ^ imul(a ^ (a >>> 13), 3266489909);
  return [b >>> 0, a >>> 0];
}
