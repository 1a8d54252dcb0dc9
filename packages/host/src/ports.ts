/** Under these the container knows the engine's ports: `@Inject(CLOCK) clock: Clock`. */
export const CLOCK = Symbol('Clock');
export const STREAM = Symbol('Stream');
export const MESSAGE_PUBLISHER = Symbol('MessagePublisher');
