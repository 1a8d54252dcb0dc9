// A second team's orchestrator: its own workflow, on a queue of its own. Its activities are those of `examples/gift-worker`.
import { runOrchestrator } from '@marathon/orchestrator';
import { workflow } from '@marathon/workflow';

const send = workflow('send-gift', (ctx, gift: { readonly what: string }) => ctx.activity('wrap-gift', gift, { taskQueue: 'gifts' }));

await runOrchestrator({ workflows: [send], taskQueues: ['gifts'] });
