/** Holds nothing: where no workflow code runs there is no scope to carry. */
export class AsyncLocalStorage {
  getStore(): undefined {}
}
