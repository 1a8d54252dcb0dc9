import type { Admin } from 'kafkajs';

const ageMsMax = 1_000;
const groupsMax = 1_000;

/** How many members groups have, asked once a second at most. */
export class GroupSizes {
  readonly #known = new Map<string, { readonly size: Promise<number>; readonly askedMs: number }>();

  constructor(private readonly admin: Pick<Admin, 'describeGroups'>) {}

  sizeOf(group: string): Promise<number> {
    const known = this.#known.get(group);
    if (known && Date.now() - known.askedMs < ageMsMax) return known.size;
    if (this.#known.size >= groupsMax) this.#known.clear();
    const size = this.#ask(group);
    this.#known.set(group, { size, askedMs: Date.now() });
    size.catch(() => this.#known.delete(group));
    return size;
  }

  async #ask(group: string): Promise<number> {
    const { groups } = await this.admin.describeGroups([group]);
    return groups[0]?.members.length ?? 0;
  }
}
