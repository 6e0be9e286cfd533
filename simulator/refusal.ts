/** An answer that refuses a call: an HTTP status of the contract and a message for the caller. */
export class Refusal extends Error {
  readonly status: number;

  /** @param status 400 invalid, 401, 404, 405, 406, 429 over a limit, 500 by a fault. */
  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** A body, file or definition that would be refused again unchanged. */
export function invalid(message: string): Refusal {
  return new Refusal(400, message);
}

/** An id or a path that does not exist; Actito also hides missing rights behind it. */
export function notFound(what: string): Refusal {
  return new Refusal(404, `${what} does not exist.`);
}
