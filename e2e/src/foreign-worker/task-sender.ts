import { randomUUID } from 'node:crypto';
import { encodePayload, type Message, type RunId, runId, type Service, type Stream, type TaskMessage } from '@marathon/core';
import { decodeMessage, encodeMessage, workflowTopic } from '@marathon/protocol';

type MessageOf<Kind extends Message['kind']> = Extract<Message, { readonly kind: Kind }>;

/** Sends tasks of a queue as owners of runs do, keeps what workers say of them, and answers their claims. */
export class TaskSender {
  readonly told: Message[] = [];
  readonly #waiting = new Set<() => void>();
  /** Which worker has the attempt of a run: the first that announced or claimed it. */
  readonly #holders = new Map<RunId, string>();
  readonly #tail: Service;

  private constructor(
    private readonly stream: Stream,
    readonly taskQueue: string,
    private readonly partitions: number,
  ) {
    this.#tail = stream.tail({
      topic: workflowTopic(taskQueue),
      onMessages: (messages) => {
        for (const message of messages.map((incoming) => decodeMessage(incoming))) this.#take(message);
        for (const look of this.#waiting) look();
      },
    });
  }

  static async start(stream: Stream, taskQueue: string): Promise<TaskSender> {
    const sender = new TaskSender(stream, taskQueue, await stream.partitionsOf(workflowTopic(taskQueue)));
    await sender.#tail.start();
    return sender;
  }

  /** A first attempt of a run of its own, whose owner has one of the shards. */
  async send(activity: string, input: unknown, more: Partial<TaskMessage> = {}): Promise<RunId> {
    const id = runId(randomUUID());
    const task: TaskMessage = {
      kind: 'activity-task',
      taskQueue: this.taskQueue,
      runId: id,
      activitySeq: 2,
      attempt: 1,
      activity,
      workflow: 'order',
      workflowId: id,
      input: encodePayload(input) as NonNullable<TaskMessage['input']>,
      startToCloseTimeoutMs: 60_000,
      announceAtOnce: false,
      replyTo: { taskQueue: this.taskQueue, partition: Number.parseInt(id.slice(0, 8), 16) % this.partitions },
      ...more,
    };
    await this.stream.publish([encodeMessage(task)]);
    return id;
  }

  /** What was said first of a run in a message of this kind; waited for when it has not come. */
  next<Kind extends 'activity-finished' | 'activity-announced'>(kind: Kind, id: RunId): Promise<MessageOf<Kind>> {
    return new Promise((resolve) => {
      const look = () => {
        const message = this.told.find((told) => told.kind === kind && told.runId === id);
        if (!message) return;
        this.#waiting.delete(look);
        resolve(message as MessageOf<Kind>);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #take(message: Message): void {
    this.told.push(message);
    if (message.kind === 'activity-announced') this.#holders.set(message.runId, message.worker);
    if (message.kind === 'activity-claim-requested') void this.stream.publish([encodeMessage(this.#answerTo(message))]);
  }

  #answerTo({ claims, worker, replyTo: to }: MessageOf<'activity-claim-requested'>): Message {
    const isOver = (id: RunId) => this.told.some((told) => told.kind === 'activity-finished' && told.runId === id);
    const answers = claims.map((claim) => {
      const holder = this.#holders.get(claim.runId) ?? worker;
      this.#holders.set(claim.runId, holder);
      return { ...claim, isGranted: holder === worker && !isOver(claim.runId) };
    });
    return { kind: 'activity-claim-answered', to, answers };
  }

  stop(): Promise<void> {
    return this.#tail.stop();
  }
}
