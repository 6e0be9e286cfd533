/**
 * From which age on, in milliseconds, a delivered list is delivered again though nothing changed: half of its validity,
 * less a little. The run that comes a day after the last one must find half of 48 hours gone, although it plans some
 * seconds earlier in its day than the last one delivered.
 */
export function keepAliveAge(validity: number): number {
  return validity / 2 - validity / 48;
}
