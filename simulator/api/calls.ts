import { Refusal } from '../refusal.ts';

/** Documented: the maximum number of concurrent requests per license; more are refused. */
const CONCURRENT_REQUESTS = 5;

/** Counts the license's API calls: those in progress, and all. */
export class Calls {
  #underWay = 0;
  readonly #counts = new Map<string, number>();
  readonly #undocumented = new Set<string>();

  /** @returns the function that ends the call. @throws Refusal 429 when five calls are in progress. */
  begin(): () => void {
    if (this.#underWay >= CONCURRENT_REQUESTS) {
      throw new Refusal(429, `More than ${CONCURRENT_REQUESTS} concurrent requests.`);
    }
    this.#underWay += 1;
    return () => (this.#underWay -= 1);
  }

  /** @param route method and path template, such as `GET /auth/token`. */
  count(route: string, documented: boolean): void {
    this.#counts.set(route, (this.#counts.get(route) ?? 0) + 1);
    if (!documented) this.#undocumented.add(route);
  }

  /** Returns the number of calls by route since the start or the last reset, including refused ones. */
  byRoute(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** Returns the same for the routes that Actito has not documented. */
  undocumented(): Record<string, number> {
    return Object.fromEntries([...this.#counts].filter(([route]) => this.#undocumented.has(route)));
  }
}
