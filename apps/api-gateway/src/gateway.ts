import { DeadLetters, type IncomingMessage, type Message, type Service } from '@marathon/core';
import { createLog, hashOf } from '@marathon/host';
import { deadLetterOf, decodeMessage, ProtocolError, repliesTopic } from '@marathon/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { RunWatchers } from './events/run-watchers.js';
import { GATEWAY_PORTS, type GatewayPorts } from './gateway-ports.js';
import { Announcer } from './intake/announcer.js';
import { Questions } from './questions/questions.js';
import { ResultWaits } from './results/result-waits.js';

/**
 * What the gateway does beside answering requests: it reads its partition of replies.
 * Started after the stream, stopped before it. Requests are answered without it too, only later: waits and event streams look into
 * the database by themselves.
 */
@Injectable()
export class Gateway implements Service {
  private readonly log = createLog(Gateway.name);
  private readonly deadLetters: DeadLetters;
  private replies: Service | undefined;

  constructor(
    @Inject(GATEWAY_PORTS) private readonly ports: Pick<GatewayPorts, 'stream' | 'processName' | 'messagePublisher' | 'clock'>,
    private readonly waits: ResultWaits,
    private readonly questions: Questions,
    private readonly watchers: RunWatchers,
    private readonly announcer: Announcer,
  ) {
    this.deadLetters = new DeadLetters(ports.messagePublisher, ports.clock, this.log);
  }

  async start(): Promise<void> {
    const { stream, processName } = this.ports;
    // Two gateways may come to share a partition: each passes over the answers to the other.
    const partition = hashOf(processName) % (await stream.partitionsOf(repliesTopic));
    this.replies = stream.tail({ topic: repliesTopic, partition, onMessages: (messages) => this.onReplies(messages) });
    await this.replies.start();
    this.waits.readReplies(partition);
    this.questions.readReplies(partition);
  }

  async stop(): Promise<void> {
    await Promise.all([this.replies?.stop(), this.watchers.stop()]);
    this.replies = undefined;
    this.deadLetters.stop();
    await this.announcer.stop();
  }

  private onReplies(replies: readonly IncomingMessage[]): void {
    for (const reply of replies) this.onReply(reply);
  }

  private onReply(incoming: IncomingMessage): void {
    let message: Message;
    try {
      message = decodeMessage(incoming);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (this.deadLetters.hasRoom) this.deadLetters.bury(deadLetterOf(incoming, error), () => {});
      return this.log.warn('a reply is passed over', { error: error.message });
    }
    if (message.kind === 'run-closed') this.waits.onRunClosed(message);
    if (message.kind === 'run-answered') this.questions.onAnswer(message);
  }
}
