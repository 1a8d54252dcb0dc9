// An orchestrator with the workflows of the scenarios and of the crash suite.
import { runOrchestrator } from '@marathon/orchestrator';
import { Bomb } from '../crash/bomb.js';
import { crashWorkflows } from '../crash/crash.workflows.js';
import { fixtureModules, fixtureWorkflows } from '../fixtures/workflows/index.js';
import { limitedWorkflow } from './limited.workflow.js';
import { longWorkflow } from './long.workflow.js';

await runOrchestrator({
  workflows: [...fixtureWorkflows, ...crashWorkflows(new Bomb()), longWorkflow, limitedWorkflow],
  modules: fixtureModules,
});
