import {
  type AnyWorkflowDefinition,
  isWorkflowClass,
  type WorkflowInstance,
  WorkflowRegistrationError,
  workflowOf,
} from '@marathon/workflow';
import { Module, type ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, NestFactory } from '@nestjs/core';

export type Modules = NonNullable<ModuleMetadata['imports']>;

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Workflows that are providers, and the container that they live in. */
export interface WorkflowProviders {
  readonly workflows: readonly AnyWorkflowDefinition[];
  /** Ends the container, after whatever runs them. */
  close(): Promise<void>;
}

@Module({})
class WorkflowProvidersModule {}

/**
 * Makes every provider with `@Workflow()` of these modules, with all that is injected into it. They have a container of their own:
 * what an orchestrator reaches the world through cannot be injected into workflows.
 * @throws WorkflowRegistrationError for a provider that has no single instance
 */
export async function provideWorkflows(modules: Modules): Promise<WorkflowProviders> {
  const module = { module: WorkflowProvidersModule, imports: [DiscoveryModule, ...modules] };
  const container = await NestFactory.createApplicationContext(module, { abortOnError: false });
  const providers = container.get(DiscoveryService).getProviders().filter(isWorkflow);
  return { workflows: providers.map(definitionOf), close: () => container.close() };
}

const isWorkflow = ({ isAlias, instance }: InstanceWrapper): boolean =>
  !isAlias && isWorkflowClass((instance as object | null | undefined)?.constructor);

function definitionOf(provider: InstanceWrapper): AnyWorkflowDefinition {
  const { name, host, isTransient, instance } = provider;
  if (!isTransient && provider.isDependencyTreeStatic()) return workflowOf(instance as WorkflowInstance<unknown, unknown>);
  throw new WorkflowRegistrationError(
    `${name} in ${host?.name}: a workflow needs a singleton; a transient provider, or one that depends on a request, has no instance for a run`,
  );
}
