import { describe } from 'vitest';
import { testFailing } from './delivery-failing.ts';
import { testPlacing } from './delivery-placing.ts';
import { testReading } from './delivery-reading.ts';
import { type DeliveryFixture, deliveryStand } from './delivery-stand.ts';

/** The contract of every way of delivering a list. */
export function describeDelivery(name: string, start: () => Promise<DeliveryFixture>): void {
  describe(`delivery by ${name}`, () => {
    const stand = deliveryStand(start);
    testPlacing(stand);
    testFailing(stand);
    testReading(stand);
  });
}
