export * from './orchestrator.js';
export * from './orchestrator.module.js';
export * from './orchestrator.options.js';
export * from './orchestrator-ports.js';
export { type OrderInput, type OrderOutcome, order } from './order/order.workflow.js';
export { orchestratorVariables, type RunOrchestratorOptions, runOrchestrator } from './run-orchestrator.js';
export * from './workflow-providers.js';
