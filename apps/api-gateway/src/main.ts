// The HTTP API as a process of its own.
import { runGateway } from './run-gateway.js';

await runGateway();
