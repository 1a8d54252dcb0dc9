import { DeadLetters, type Log, type Service, type TopicPartition } from '@marathon/core';
import { activityCancellationsTopic } from '@marathon/protocol';
import { Logger } from '@nestjs/common';
import type { ActivityRegistry } from '../activity-registry.js';
import { type ActivityWorkerOptions, type ActivityWorkerSettings, activityWorkerSettings } from '../activity-worker.options.js';
import { AttemptSlots } from './attempt-slots.js';
import { Claims } from './claims.js';
import { MessageReader } from './message-reader.js';
import { Occurrences } from './occurrences.js';
import { ReportSender } from './report-sender.js';
import { TaskIntake } from './task-intake.js';
import { within } from './within.js';

/** What a worker is at; the numbers behind `…Total` only grow. */
export interface ActivityWorkerStatus {
  /** Attempts that hold a slot. */
  readonly running: number;
  /** Those among them whose outcome is decided, by a time-out for instance, while their code goes on. */
  readonly overdue: number;
  /** Announced attempts, whose leases are renewed. */
  readonly leases: number;
  /** Tasks read ahead. */
  readonly waiting: number;
  /** Tasks in doubt that turned out to be another worker's, or over. */
  readonly refusedTotal: number;
  readonly malformedTotal: number;
  /** Messages of a version that this build does not know: a newer one wrote them. */
  readonly unknownVersionTotal: number;
  readonly timedOutTotal: number;
  /** Results that came after their attempt was over. */
  readonly lateTotal: number;
}

/** How long partitions that go to others wait for what runs of them to be announced. */
const revocationMs = 1_000;
/** How long aborted code may take to come to its end. */
const abortGraceMs = 1_000;
/** How long a stopping worker tries to send what is left to say. */
const farewellMs = 2_000;

/**
 * Runs the activities of its task queues: takes tasks from the stream, runs up to `maxConcurrent` of them at once, sends their
 * outcomes to the owners of their runs. Speaks to nobody but the stream. Starts once.
 */
export class ActivityWorker implements Service {
  readonly #settings: ActivityWorkerSettings;
  readonly #sender: ReportSender;
  readonly #claims: Claims;
  readonly #intake: TaskIntake;
  readonly #slots: AttemptSlots;
  readonly #cancellations: Service;
  readonly #deadLetters: DeadLetters;
  readonly #occurrences = new Occurrences();
  #isStarted = false;
  #stopped: Promise<void> | undefined;

  /** @throws ActivityWorkerOptionsError naming the option that makes no sense. */
  constructor(registry: ActivityRegistry, options: ActivityWorkerOptions) {
    const settings = activityWorkerSettings(options);
    const { stream, publisher, clock, maxConcurrent: countMax } = settings;
    const deadLetters = new DeadLetters(publisher, clock, engineLog(), () => this.#intake.onRoom());
    const cancellations = new MessageReader('activity-cancel-requested', this.#occurrences, deadLetters);
    this.#settings = settings;
    this.#deadLetters = deadLetters;
    this.#sender = new ReportSender(publisher, clock);
    this.#slots = new AttemptSlots(settings, registry, this.#sender, this.#occurrences, () => this.#fill());
    this.#claims = new Claims({ ...settings, deadLetters }, this.#sender, this.#occurrences, {
      room: () => this.#slots.room,
      onAsked: ({ message }) => this.#slots.asked(message),
      onGranted: () => this.#fill(),
      onRefused: (task) => {
        this.#occurrences.count('refused:');
        this.#intake.drop(task);
      },
    });
    this.#intake = new TaskIntake({ ...settings, countMax, deadLetters }, this.#claims, this.#occurrences, {
      onTasks: () => this.#fill(),
      onRevoked: (partitions: readonly TopicPartition[]) => within(clock, revocationMs, this.#slots.announce(partitions)),
    });
    this.#cancellations = stream.tail({
      topic: activityCancellationsTopic,
      onMessages: (messages) => {
        for (const incoming of messages) {
          const message = cancellations.read(incoming);
          if (message) this.#slots.cancel(message);
        }
      },
    });
  }

  get status(): ActivityWorkerStatus {
    return {
      ...this.#slots.status,
      waiting: this.#intake.size,
      refusedTotal: this.#occurrences.total('refused:'),
      malformedTotal: this.#occurrences.total('malformed:'),
      unknownVersionTotal: this.#occurrences.total('unknown-version:'),
      timedOutTotal: this.#occurrences.total('timed-out:'),
      lateTotal: this.#occurrences.total('late:'),
    };
  }

  /** Resolves when it takes tasks; does nothing when it was started before. @throws what the stream throws when it cannot be reached */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    await this.#cancellations.start();
    await this.#claims.start();
    await this.#intake.start();
  }

  /**
   * Takes no more tasks, leaves what it has not begun to others, waits `drainTimeoutMs` for what runs, then aborts it and hands
   * back what does not end. Resolves after `drainTimeoutMs` and 5 seconds at the latest, as far as the stream answers.
   */
  stop(): Promise<void> {
    if (!this.#isStarted) return Promise.resolve();
    this.#stopped ??= this.#drain();
    return this.#stopped;
  }

  #fill(): void {
    while (this.#slots.room > 0) {
      const task = this.#intake.next();
      if (!task) break;
      this.#slots.take(task, this.#claims.begin(task));
    }
    this.#claims.ask();
  }

  async #drain(): Promise<void> {
    const { clock, drainTimeoutMs } = this.#settings;
    this.#intake.close();
    // Announced attempts need no message any more: the partitions can go to others at once, while the code here goes on.
    await within(clock, farewellMs, this.#slots.announce());
    await this.#intake.leave();
    if (!(await within(clock, drainTimeoutMs, this.#slots.allReported()))) {
      this.#slots.abortAll();
      if (!(await within(clock, abortGraceMs, this.#slots.allReported()))) {
        this.#slots.handBackAll();
        await within(clock, farewellMs, this.#slots.allReported());
      }
    }
    this.#slots.stop();
    this.#sender.close();
    await this.#claims.stop();
    await this.#cancellations.stop();
    this.#deadLetters.stop();
  }
}

function engineLog(): Log {
  const logger = new Logger('ActivityWorker');
  return {
    info: (message, fields) => logger.log(message, fields),
    warn: (message, fields) => logger.warn(message, fields),
    error: (message, fields) => logger.error(message, fields),
  };
}
