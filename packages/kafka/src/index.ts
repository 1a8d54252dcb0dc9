export * from './kafka-stream.options.js';
export { LocalBrokerError, LocalBrokerToolMissingError } from './local-broker/errors.js';
export { LocalBroker, type LocalBrokerOptions } from './local-broker/local-broker.js';
