/**
 * Returns the age in milliseconds from which an unchanged list is delivered again: a little less than half of its
 * validity. A daily run plans some seconds earlier in its day than the last one delivered, and must still find half of
 * 48 hours over.
 */
export function keepAliveAge(validity: number): number {
  return validity / 2 - validity / 48;
}
