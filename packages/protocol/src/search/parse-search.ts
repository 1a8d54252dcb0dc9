import {
  type Comparison,
  type ComparisonOperator,
  type Condition,
  type Duration,
  DurationError,
  durationMs,
  type Literal,
  type Ordering,
  ownFields,
  type SearchField,
  type SearchQuery,
} from '@marathon/core';
import { checkLiteral, checkOperator } from './field-rules.js';
import { Scanner } from './scanner.js';
import { SearchSyntaxError } from './search-syntax.error.js';

// query       := [condition] ["order" "by" field ["asc" | "desc"]]
// condition   := conjunction {"or" conjunction}
// conjunction := negation {"and" negation}
// negation    := "not" negation | "(" condition ")" | comparison
// comparison  := field (operator literal | "in" "(" literal {"," literal} ")" | "starts" "with" text | "contains" text | "is" ["not"] "null")
// field       := word | "`" word "`"         in backticks it is a search attribute, whatever it is called
// literal     := text | number | "true" | "false" | "now" [("+" | "-") duration]
// Words of the language are words of the language only where one can stand: an attribute may be called `order`.

export const queryCharsMax = 2_000;
const comparisonsMax = 20;
const depthMax = 20;

const operator = /<=|>=|!=|[=<>]/y;
const fieldName = /([A-Za-z0-9_]{1,64})(?![A-Za-z0-9_])|`([A-Za-z0-9_]{1,64})`/y;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const shift = /([+-])\s*(\d{1,12}(?:ms|s|m|h|d))(?!\w)/y;
const [opening, closing, comma, not] = [/\(/y, /\)/y, /,/y, /not(?![A-Za-z0-9_])/iy];

/**
 * Reads a query as in `status = "Running" and amount > 100 order by startedAt desc`.
 * @param nowMs what `now` stands for, in milliseconds since 1970
 * @throws SearchSyntaxError for anything else, and above 2,000 characters, 20 comparisons or 20 levels.
 */
export function parseSearch(text: string, nowMs: number): SearchQuery {
  if (text.length > queryCharsMax)
    throw new SearchSyntaxError(queryCharsMax + 1, `the end: a query has at most ${queryCharsMax} characters`);
  return new Parser(new Scanner(text), nowMs).query();
}

/** Reads the name of a field, as it stands in a query. @throws SearchSyntaxError */
export function parseField(text: string): SearchField {
  const scanner = new Scanner(text);
  const field = takeField(scanner);
  if (!scanner.isAtEnd) throw new SearchSyntaxError(scanner.position, 'the end');
  return field;
}

class Parser {
  private comparisons = 0;
  private depth = 0;

  constructor(
    private readonly scanner: Scanner,
    private readonly nowMs: number,
  ) {}

  query(): SearchQuery {
    const { scanner } = this;
    let orderBy = this.ordering();
    const where = orderBy || scanner.isAtEnd ? undefined : this.condition();
    orderBy ??= this.ordering();
    if (!scanner.isAtEnd) this.fail(orderBy ? 'the end' : '"and", "or", "order by" or the end');
    return { ...(where && { where }), ...(orderBy && { orderBy }) };
  }

  private ordering(): Ordering | undefined {
    const { scanner } = this;
    if (!scanner.takeWords('order', 'by')) return undefined;
    const field = takeField(scanner);
    const direction = scanner.takeWords('desc') ? 'desc' : 'asc';
    if (direction === 'asc') scanner.takeWords('asc');
    return { field, direction };
  }

  private condition(): Condition {
    return this.joined('or', () => this.joined('and', () => this.negation()));
  }

  private joined(kind: 'and' | 'or', next: () => Condition): Condition {
    const first = next();
    const conditions = [first];
    while (this.scanner.takeWords(kind)) conditions.push(next());
    return conditions.length === 1 ? first : { kind, conditions };
  }

  private negation(): Condition {
    const { scanner } = this;
    const { position } = scanner;
    if (scanner.take(not)) return this.deeper(position, () => ({ kind: 'not', condition: this.negation() }));
    if (!scanner.take(opening)) return this.comparison();
    const condition = this.deeper(position, () => this.condition());
    if (!scanner.take(closing)) this.fail('"and", "or" or ")"');
    return condition;
  }

  private deeper<Result>(position: number, read: () => Result): Result {
    this.depth += 1;
    if (this.depth > depthMax) throw new SearchSyntaxError(position, `at most ${depthMax} levels of "not" and parentheses`);
    const result = read();
    this.depth -= 1;
    return result;
  }

  private comparison(): Condition {
    const { scanner } = this;
    this.comparisons += 1;
    if (this.comparisons > comparisonsMax) this.fail(`at most ${comparisonsMax} comparisons`);
    const field = takeField(scanner);
    const { position } = scanner;
    if (scanner.takeWords('is', 'not', 'null')) return { kind: 'not', condition: { kind: 'is-null', field } };
    if (scanner.takeWords('is', 'null')) return { kind: 'is-null', field };
    const comparison = this.compared(field);
    checkOperator(comparison, position);
    return comparison;
  }

  private compared(field: SearchField): Comparison {
    const { scanner } = this;
    const symbol = scanner.take(operator)?.[0] as ComparisonOperator | undefined;
    if (symbol) return { kind: 'compare', field, operator: symbol, value: this.literal(field) };
    if (scanner.takeWords('in')) return { kind: 'in', field, values: this.list(field) };
    if (scanner.takeWords('starts', 'with')) return { kind: 'starts-with', field, text: this.text() };
    if (scanner.takeWords('contains')) return { kind: 'contains', field, text: this.text() };
    return this.fail('=, !=, <, <=, >, >=, "in", "starts with", "contains", "is null" or "is not null"');
  }

  private list(field: SearchField): readonly Literal[] {
    const { scanner } = this;
    if (!scanner.take(opening)) this.fail('"("');
    const values = [this.literal(field)];
    while (scanner.take(comma)) values.push(this.literal(field));
    if (!scanner.take(closing)) this.fail('"," or ")"');
    return values;
  }

  private text(): string {
    return this.scanner.takeText() ?? this.fail('a text in double quotes');
  }

  private literal(field: SearchField): Literal {
    const { position } = this.scanner;
    const value = this.value();
    checkLiteral(field, value, position);
    return value;
  }

  private value(): Literal {
    const { scanner } = this;
    const text = scanner.takeText();
    if (text !== undefined) return text;
    if (scanner.takeWords('true')) return true;
    if (scanner.takeWords('false')) return false;
    if (scanner.takeWords('now')) return this.instant();
    const { position } = scanner;
    const digits = scanner.take(number)?.[0];
    if (digits === undefined) return this.fail('a text in double quotes, a number, true, false or now');
    if (!Number.isFinite(Number(digits))) throw new SearchSyntaxError(position, 'a number that is not beyond all bounds');
    return Number(digits) + 0; // -0 is 0
  }

  /** What follows `now`. */
  private instant(): string {
    const { position } = this.scanner;
    const [, sign, duration] = this.scanner.take(shift) ?? [];
    try {
      const shiftMs = duration === undefined ? 0 : durationMs(duration as Duration);
      return new Date(this.nowMs + (sign === '-' ? -shiftMs : shiftMs)).toISOString();
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      throw new SearchSyntaxError(position, 'a duration of at most 3650d');
    }
  }

  private fail(expected: string): never {
    throw new SearchSyntaxError(this.scanner.position, expected);
  }
}

function takeField(scanner: Scanner): SearchField {
  const { position } = scanner;
  const [, word, quoted] = scanner.take(fieldName) ?? [];
  const name = word ?? quoted;
  if (name === undefined) throw new SearchSyntaxError(position, 'the name of a field');
  return word !== undefined && Object.hasOwn(ownFields, word) ? { own: word as keyof typeof ownFields } : { attribute: name };
}
