/** A fenced block of a Markdown page. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Where its first line stands, from 1. */
  readonly line: number;
}

export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    code: match[2] ?? '',
    line: markdown.slice(0, match.index).split('\n').length + 1,
  }));
}
