// An orchestrator with the example workflow. One of a team's own has its own workflows, and no other line.
import { order } from './order/order.workflow.js';
import { runOrchestrator } from './run-orchestrator.js';

await runOrchestrator({ workflows: [order] });
