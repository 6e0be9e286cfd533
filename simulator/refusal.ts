/** An error that refuses a call, with a status of the API contract and a message for the caller. */
export class Refusal extends Error {
  readonly status: number;

  /** @param status 400 invalid, 401, 404, 405, 406, 429 over a limit, 500 by a fault. */
  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** Refuses a body, file or definition that is invalid, so a retry would fail again. */
export function invalid(message: string): Refusal {
  return new Refusal(400, message);
}

/** Refuses an id or a path that does not exist. Actito also answers 404 if rights are missing. */
export function notFound(what: string): Refusal {
  return new Refusal(404, `${what} does not exist.`);
}
