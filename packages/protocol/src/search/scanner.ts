import { isSearchable } from '@marathon/core';
import { SearchSyntaxError } from './search-syntax.error.js';

const space = /\s*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const text = /"(?:[^"\\]|\\.)*"/suy;

/** Reads a text from its beginning to its end, piece by piece; white space between pieces means nothing. */
export class Scanner {
  private at = 0;

  constructor(private readonly source: string) {
    this.skipSpace();
  }

  /** Of the next piece, from 1. */
  get position(): number {
    return this.at + 1;
  }

  get isAtEnd(): boolean {
    return this.at === this.source.length;
  }

  /** The next piece when it fits, and what it captures. @param pattern sticky */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = this.match(pattern);
    if (match) {
      this.at += match[0].length;
      this.skipSpace();
    }
    return match;
  }

  /** Whether these words follow, in small or large letters; they are taken then. */
  takeWords(...words: readonly string[]): boolean {
    const start = this.at;
    if (words.every((expected) => this.match(word)?.[0].toLowerCase() === expected && this.take(word))) return true;
    this.at = start;
    return false;
  }

  /** A text in double quotes, with the escapes of JSON. */
  takeText(): string | undefined {
    if (this.source[this.at] !== '"') return undefined;
    const { position } = this;
    const quoted = this.take(text)?.[0];
    if (quoted === undefined) throw new SearchSyntaxError(this.source.length + 1, 'the closing " of a text');
    try {
      const value = JSON.parse(quoted) as string;
      if (isSearchable(value)) return value;
    } catch {
      throw new SearchSyntaxError(position, 'a text with the escapes of JSON');
    }
    throw new SearchSyntaxError(position, 'a text without U+0000 and halves of surrogate pairs');
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.source) ?? undefined;
  }

  private skipSpace(): void {
    this.at += this.match(space)?.[0].length ?? 0;
  }
}
