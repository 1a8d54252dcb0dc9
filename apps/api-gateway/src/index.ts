export { ApiGatewayModule, type ApiGatewayModuleOptions } from './api-gateway.module.js';
export { Gateway } from './gateway.js';
export type { GatewayPorts } from './gateway-ports.js';
export { allowOrigins, originVariables } from './http/allow-origins.js';
export { GatewayAdapter, type GatewayAdapterOptions } from './http/gateway.adapter.js';
export { gatewayVariables, runGateway } from './run-gateway.js';
