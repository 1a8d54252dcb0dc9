import type { Message, ReplyAddress, RunAnsweredMessage, ShardAddress, ShardId } from '@marathon/core';
import { createLog } from '@marathon/host';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { GATEWAY_PORTS, type GatewayPorts } from '../gateway-ports.js';
import { ProblemError } from '../http/problem.error.js';
import { Definitions } from '../intake/definitions.js';

// Questions to runs, answered by the owners of their shards over the replies topic.
//  A1  An answer may never come: the owner died, or lost the shard. So an owner is asked again every 2 s.
//  A2  Each question has a name of its own; the first answer to it counts.

const askAgainMs = 2_000;
export const questionsMax = 10_000;

export interface Question {
  readonly shard: ShardId;
  message(to: ShardAddress, replyTo: ReplyAddress): Message;
}

export interface OpenQuestion {
  /** Where the answer goes; nothing until a partition of replies is read. */
  readonly replyTo: ReplyAddress | undefined;
  /** Asks now, and again while no answer comes. */
  ask(question: Question): void;
  /** Asks now, and never again. */
  askOnce(question: Question): void;
  /** It was asked in another way: asks again while no answer comes. */
  repeat(question: Question): void;
  /** Nothing when none has come by `untilMs`. */
  answer(untilMs: number): Promise<RunAnsweredMessage | undefined>;
  close(): void;
}

interface Asked {
  question: Question | undefined;
  readonly answered: (answer: RunAnsweredMessage | undefined) => void;
}

@Injectable()
export class Questions implements OnModuleDestroy {
  private readonly log = createLog(Questions.name);
  private readonly asked = new Map<string, Asked>();
  private replyPartition: number | undefined;
  private cancelAsking: (() => void) | undefined;
  private isClosed = false;

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'clock' | 'messagePublisher'>,
    private readonly definitions: Definitions,
  ) {}

  /**
   * The answer, or nothing when none has come by `untilMs` (milliseconds since 1970).
   * @throws ProblemError MARATHON_OVERLOADED when 10,000 questions are open; MARATHON_BODY_TOO_LARGE when no message can carry it.
   */
  async ask(question: Question, untilMs: number): Promise<RunAnsweredMessage | undefined> {
    const open = this.open();
    try {
      open.ask(question);
      return await open.answer(untilMs);
    } finally {
      open.close();
    }
  }

  /**
   * A question that goes along with something else: its answer may come as soon as that is sent.
   * @throws ProblemError MARATHON_OVERLOADED when 10,000 questions are open.
   */
  open(): OpenQuestion {
    if (this.asked.size >= questionsMax || this.isClosed)
      throw new ProblemError('MARATHON_OVERLOADED', `${this.asked.size} questions to runs wait for their answers`);
    const id = crypto.randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<RunAnsweredMessage | undefined>();
    promise.catch(() => {});
    const asked: Asked = { question: undefined, answered: resolve };
    this.asked.set(id, asked);
    const partition = this.replyPartition;
    const repeat = (question: Question) => {
      asked.question = question;
      this.askAgainLater();
    };
    const send = (question: Question) => {
      this.send([[id, question]]).then(([tooLarge]) => {
        if (tooLarge) reject(new ProblemError('MARATHON_BODY_TOO_LARGE', 'what is asked of a run must fit a message of 1 MiB'));
      }, this.onFailed);
    };
    return {
      replyTo: partition === undefined ? undefined : { partition, correlationId: id },
      repeat,
      askOnce: send,
      ask: (question) => {
        repeat(question);
        send(question);
      },
      answer: (untilMs) => {
        const cancel = this.ports.clock.at(untilMs, () => resolve(undefined));
        return promise.finally(cancel);
      },
      close: () => {
        this.asked.delete(id);
      },
    };
  }

  /** From now on this partition of replies is read. */
  readReplies(partition: number): void {
    this.replyPartition = partition;
  }

  /** An answer came in; also one to another gateway of the same partition. */
  onAnswer(answer: RunAnsweredMessage): void {
    this.asked.get(answer.to.correlationId)?.answered(answer);
  }

  onModuleDestroy(): void {
    this.isClosed = true;
    this.cancelAsking?.();
    for (const { answered } of this.asked.values()) answered(undefined);
  }

  private readonly onFailed = (error: unknown): void => this.log.warn('a run is asked later', { error });

  private askAgainLater(): void {
    if (this.isClosed) return;
    this.cancelAsking ??= this.ports.clock.at(this.ports.clock.now() + askAgainMs, () => {
      this.cancelAsking = undefined;
      if (this.asked.size === 0) return;
      this.askAgainLater();
      const questions = [...this.asked].flatMap(([id, { question }]) => (question ? [[id, question] as const] : []));
      this.send(questions).catch(this.onFailed);
    });
  }

  /** @returns what can never be sent. */
  private async send(questions: readonly (readonly [id: string, question: Question])[]): Promise<readonly Message[]> {
    const messages = await Promise.all(questions.map(([id, question]) => this.messageOf(id, question)));
    const { tooLarge } = await this.ports.messagePublisher.publish(messages.filter((message) => message !== undefined));
    return tooLarge;
  }

  private async messageOf(correlationId: string, question: Question): Promise<Message | undefined> {
    const partition = this.replyPartition;
    const to = partition === undefined ? undefined : await this.definitions.addressOf(question.shard);
    return to && partition !== undefined ? question.message(to, { partition, correlationId }) : undefined;
  }
}
