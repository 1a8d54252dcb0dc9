// An orchestrator with the workflows of the bench.
import { runOrchestrator } from '@marathon/orchestrator';
import { benchWorkflows } from '../workflows/bench.workflows.js';

await runOrchestrator({ workflows: benchWorkflows });
