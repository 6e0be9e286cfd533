import { readFileSync } from 'node:fs';

/** An example answer of a service; README.md says what is as published. */
interface Published<Body = unknown> {
  /** Where the vendor publishes it. */
  source: string;
  status: number;
  headers?: Record<string, string>;
  /** A text is sent as it is, everything else as JSON. */
  body: Body;
}

/** Reads an example answer, such as `snowflake/not-found`. */
export function published<Body = unknown>(name: string): Published<Body> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')) as Published<Body>;
}
