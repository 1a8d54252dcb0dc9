// A second team's orchestrator: its own workflows, on a queue of its own. Their activities are those of the worker in ../../gift-worker.
import { runOrchestrator } from '@marathon/orchestrator';
import { Module } from '@nestjs/common';
import { GiftNotes } from './gift-notes.js';
import { SendGiftWorkflow } from './send-gift.workflow.js';

@Module({ providers: [GiftNotes, SendGiftWorkflow] })
class GiftsModule {}

await runOrchestrator({ modules: [GiftsModule], taskQueues: ['gifts'] });
