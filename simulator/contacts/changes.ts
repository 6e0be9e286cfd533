/**
 * The order in which profiles were created and changed. `updateMoment` is not enough to continue an export, because
 * many changes share a moment.
 */
export class Changes {
  /** By profile id: the number of the profile's last change. */
  readonly #last: number[] = [];
  #count = 0;

  /** The number of the last change of all. */
  get count(): number {
    return this.#count;
  }

  note(id: number): void {
    this.#last[id - 1] = this.#count += 1;
  }

  /** Whether the profile was created or changed after that number of changes. */
  isAfter(id: number, count: number): boolean {
    return this.#last[id - 1]! > count;
  }
}
