/** A handler that throws is a defect of the subscriber: it surfaces as an uncaught exception, and the stream goes on. */
export async function surfacing(handler: () => void | Promise<void>): Promise<void> {
  try {
    await handler();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}
