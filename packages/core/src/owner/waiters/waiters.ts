import type { RunId, ShardId } from '../../ids.js';
import type { Message } from '../../messages/message.js';
import { RunState } from '../../run/run-state.js';
import type { RunWork } from '../lane/run-work.js';
import { ResultWaiters } from './result-waiters.js';
import { UpdateWaiters } from './update-waiters.js';

/** Gateways that wait for something of this lane's runs. */
export class Waiters {
  readonly results = new ResultWaiters();
  readonly updates = new UpdateWaiters();

  /** Whoever the message says is waiting. */
  add(message: Message, shard: ShardId): void {
    switch (message.kind) {
      case 'result-awaited':
        return this.results.add(message.runId, shard, message.replyTo);
      case 'run-started':
        if (message.replyTo) this.results.add(message.runId, shard, message.replyTo);
        return;
      case 'update-awaited':
      case 'update-offered':
        return this.updates.add(message.runId, shard, message.updateId, message.replyTo);
      case 'request-accepted':
        if (message.replyTo && message.request?.kind === 'update')
          this.updates.add(message.runId, shard, message.request.updateId, message.replyTo);
        return;
    }
  }

  /** What those are told who wait for what this commit has brought. */
  answers({ runId, run, closing, closed, neverSent }: RunWork): readonly Message[] {
    const results = closing ? this.results.answer(runId, closing) : [];
    if (this.updates.size === 0) return results;
    const state = run?.state ?? (closed && RunState.of(closed.history));
    return state ? [...results, ...this.updates.answer(runId, state, neverSent)] : results;
  }

  forget(runId: RunId): void {
    this.results.forget(runId);
    this.updates.forget(runId);
  }

  forgetShard(shard: ShardId): void {
    this.results.forgetShard(shard);
    this.updates.forgetShard(shard);
  }
}
