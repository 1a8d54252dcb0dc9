import type { Shard } from '@marathon/core';
import type { ManualClock, Random } from '@marathon/memory';
import type { Chance } from './chance.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { SimulatedStream } from './simulated-stream.js';

/** What the processes have in common. */
export interface FleetWorld {
  readonly clock: ManualClock;
  readonly random: Random;
  readonly chance: Chance;
  readonly stream: SimulatedStream;
  /** How many there should be. */
  readonly size: number;
  /** Messages survive the death of a process. */
  readonly isStreamDurable: boolean;
  /** Now and then a shard goes to another process. */
  readonly movesShards: boolean;
  /** Starts another one, the `number`th. */
  newProcess(number: number): SimulatedProcess;
  /** One has died. */
  onDeath(): void;
}

/** When others learn that a process is gone. */
const detectionMs = 6_000;
/** How long a process that was fenced waits before it asks whose a shard is. */
const askMs = 1_000;
/** The longest pause of a process that is not dead. */
const pauseMsMax = 15_000;

/** The processes that share the shards, as a consumer group has them: who dies is followed by another. */
export class SimulatedFleet {
  crashCount = 0;
  #processes: SimulatedProcess[] = [];
  readonly #ownerOf = new Map<number, SimulatedProcess>();
  #shards: readonly Shard[] = [];
  #count = 0;

  constructor(readonly world: FleetWorld) {}

  begin(shards: readonly Shard[]): void {
    this.#shards = shards;
    this.#distribute();
    this.#moveByChance();
  }

  get alive(): readonly SimulatedProcess[] {
    return this.#processes.filter(({ isAlive }) => isAlive);
  }

  /** Whether the group says so: a zombie that has raised the epoch of a shard gets none of its messages. */
  hasPartition(process: SimulatedProcess, partition: number): boolean {
    return this.#ownerOf.get(partition) === process;
  }

  /** The first of them dies. */
  crash(): void {
    const [first] = this.#processes;
    if (first) this.#bury(first, 0);
  }

  /** All die that are alive, one noticed sooner than the other. */
  crashAll(): void {
    for (const process of this.alive) this.#bury(process, this.#detectedAfterMs());
  }

  /** A shard goes to another process; the one that has it learns of it some time later, or when it is refused. */
  async move(shard: Shard): Promise<void> {
    const { clock, random } = this.world;
    const before = this.#ownerOf.get(shard.partition);
    const others = this.alive.filter((process) => process !== before);
    if (others.length === 0) return;
    clock.at(clock.now() + random.below(detectionMs), () => {
      if (this.#ownerOf.get(shard.partition) !== before) before?.lose(shard);
    });
    await this.#give([shard], random.pick(others));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.splice(0).map((process) => process.stop()));
  }

  /** A process that was fenced takes the shard again when the group still says that it has it: the other one was a zombie. */
  askForBack(process: SimulatedProcess, shard: Shard): void {
    this.#after(askMs, () => {
      if (process.isAlive && this.#ownerOf.get(shard.partition) === process) void this.#give([shard], process);
    });
  }

  /** Chance wants it dead, or silent for a while. */
  strike(process: SimulatedProcess): void {
    const { isStreamDurable, chance } = this.world;
    if (!process.isAlive) return;
    if (isStreamDurable && chance.of('pauses')) this.#faint(process);
    else this.#bury(process, this.#detectedAfterMs());
  }

  /** A stream that died with its process is not asked who is there. */
  #detectedAfterMs(): number {
    return this.world.isStreamDurable ? this.world.random.below(detectionMs) : 0;
  }

  /** Sees to it that there are as many processes as there should be, and that each shard has one. */
  #distribute(): void {
    while (this.#processes.length < this.world.size) this.#processes.push(this.world.newProcess(++this.#count));
    const orphans = this.#shards.filter(({ partition }) => !this.#ownerOf.has(partition));
    for (const [i, process] of this.#processes.entries()) {
      const theirs = orphans.filter((_, at) => at % this.#processes.length === i);
      void this.#give(theirs, process);
    }
  }

  async #give(shards: readonly Shard[], process: SimulatedProcess): Promise<void> {
    const { stream } = this.world;
    for (const { partition } of shards) {
      this.#ownerOf.set(partition, process);
      stream.release(partition);
    }
    await process.gain(shards);
    for (const shard of shards) {
      if (this.#ownerOf.get(shard.partition) !== process) continue;
      stream.consume(shard.partition, (message, redelivered, done) => process.accept(shard, message, redelivered, done));
    }
  }

  #bury(process: SimulatedProcess, detectedAfterMs: number): void {
    this.crashCount++;
    process.die();
    this.world.onDeath();
    this.#replace(process, detectedAfterMs);
  }

  /** It stands still, is taken for dead, and wakes up not knowing it. */
  #faint(process: SimulatedProcess): void {
    const { random } = this.world;
    process.pause();
    this.#replace(process, random.below(detectionMs));
    this.#after(random.below(pauseMsMax), () => process.wakeUp());
    this.#after(2 * pauseMsMax, () => process.die());
  }

  #replace(process: SimulatedProcess, afterMs: number): void {
    this.#after(afterMs, () => {
      this.#processes = this.#processes.filter((other) => other !== process);
      for (const [partition, owner] of this.#ownerOf) if (owner === process) this.#ownerOf.delete(partition);
      this.#distribute();
    });
  }

  #moveByChance(): void {
    const { movesShards, chance, random } = this.world;
    if (!movesShards) return;
    this.#after(1_000, () => {
      if (chance.of('moves')) void this.move(random.pick(this.#shards));
      this.#moveByChance();
    });
  }

  #after(delayMs: number, action: () => void): void {
    const { clock } = this.world;
    clock.at(clock.now() + delayMs, action);
  }
}
