import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Contracts } from './contracts/contracts.js';
import { PayloadSchemas } from './contracts/payload-schemas.js';
import { DocsController } from './docs/docs.controller.js';
import { RunWatchers } from './events/run-watchers.js';
import { Gateway } from './gateway.js';
import { GATEWAY_PORTS, type GatewayPorts } from './gateway-ports.js';
import { HealthController } from './health/health.controller.js';
import { ApprovalsController } from './http/approvals.controller.js';
import { DefinitionsController } from './http/definitions.controller.js';
import { EventsController } from './http/events.controller.js';
import { LimitsController } from './http/limits.controller.js';
import { PayloadsController } from './http/payloads.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { QuestionsController } from './http/questions.controller.js';
import { RunRequestsController } from './http/run-requests.controller.js';
import { TokensController } from './http/tokens.controller.js';
import { WorkflowsController } from './http/workflows.controller.js';
import { ActivityOutcomes } from './intake/activity-outcomes.js';
import { Announcer } from './intake/announcer.js';
import { Definitions } from './intake/definitions.js';
import { RequestLane } from './intake/request-lane.js';
import { StartLane } from './intake/start-lane.js';
import { StartWorkflow } from './intake/start-workflow.js';
import { LargePayloads } from './payloads/large-payloads.js';
import { OfferedUpdates } from './questions/offered-updates.js';
import { QueryRun } from './questions/query-run.js';
import { Questions } from './questions/questions.js';
import { UpdateRun } from './questions/update-run.js';
import { Approvals } from './reads/approvals.js';
import { CountRuns } from './reads/count-runs.js';
import { DescribeRun } from './reads/describe-run.js';
import { FoldedRuns } from './reads/folded-runs.js';
import { Limits } from './reads/limits.js';
import { ListDefinitions } from './reads/list-definitions.js';
import { ListRuns } from './reads/list-runs.js';
import { ReadHistory } from './reads/read-history.js';
import { Runs } from './reads/runs.js';
import { ResultWaits } from './results/result-waits.js';
import { RunResults } from './results/run-results.js';
import { WhyRun } from './why/why-run.js';
import { WorldView } from './why/world-view.js';

/** How the ports of a gateway are found in the container. */
export interface ApiGatewayModuleOptions
  extends Pick<ModuleMetadata, 'imports'>,
    Pick<FactoryProvider<GatewayPorts>, 'inject' | 'useFactory'> {}

/**
 * The HTTP API. The application is created with a `GatewayAdapter`, and starts and stops the `Gateway` with its other services.
 */
@Module({})
export class ApiGatewayModule {
  static forRoot({ imports = [], inject = [], useFactory }: ApiGatewayModuleOptions): DynamicModule {
    return {
      module: ApiGatewayModule,
      imports,
      controllers: [
        WorkflowsController,
        RunRequestsController,
        QuestionsController,
        TokensController,
        ApprovalsController,
        DefinitionsController,
        LimitsController,
        EventsController,
        PayloadsController,
        HealthController,
        DocsController,
      ],
      providers: [
        { provide: GATEWAY_PORTS, inject, useFactory },
        { provide: APP_FILTER, useClass: ProblemFilter },
        ActivityOutcomes,
        Announcer,
        Approvals,
        Contracts,
        CountRuns,
        Definitions,
        DescribeRun,
        FoldedRuns,
        Gateway,
        LargePayloads,
        ListDefinitions,
        Limits,
        ListRuns,
        PayloadSchemas,
        QueryRun,
        Questions,
        ReadHistory,
        RequestLane,
        ResultWaits,
        RunResults,
        Runs,
        RunWatchers,
        StartLane,
        StartWorkflow,
        WhyRun,
        WorldView,
        OfferedUpdates,
        UpdateRun,
      ],
      exports: [Gateway],
    };
  }
}
