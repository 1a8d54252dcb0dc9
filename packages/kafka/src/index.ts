export * from './kafka-stream.js';
export * from './kafka-stream.options.js';
export * from './kafka-transport.js';
export { LocalBrokerError, LocalBrokerToolMissingError } from './local-broker/errors.js';
export { LocalBroker, type LocalBrokerOptions } from './local-broker/local-broker.js';
