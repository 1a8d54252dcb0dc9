export * from './messages/message-codec.js';
export * from './protocol.error.js';
export * from './topics.js';
