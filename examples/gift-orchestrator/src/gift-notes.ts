/** Pure, so that a workflow may call it: it computes and calls nobody. */
export class GiftNotes {
  noteFor(name: string): string {
    return `for ${name}, with love`;
  }
}
