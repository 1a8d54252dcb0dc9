// An application that is ready at once and never ends in order.
import { runApplication } from '../src/run-application.js';

setInterval(() => undefined, 60_000);
await runApplication(async () => ({ url: 'http://127.0.0.1:1', ready: Promise.resolve(), stop: () => new Promise<void>(() => {}) }));
