import type { Probe } from '../../workflows/contract.ts';

/** What was tried for people, line by line, and what to do about what is not well. */
export function describeProbes(probes: readonly Probe[]): string[] {
  const width = Math.max(...probes.map(({ name }) => name.length));
  const failed = probes.filter(({ ok }) => !ok).length;
  const lines = probes.flatMap(({ name, ok, detail, advice }) => {
    const [first, ...more] = detail.split('\n');
    return [
      `${ok ? '✔' : '✖'} ${name.padEnd(width)}  ${first}`,
      ...[...more, ...(advice === undefined ? [] : [`→ ${advice}`])].map((line) => `    ${line}`),
    ];
  });
  const verdict =
    failed === 0 ? `All ${probes.length} probes are well.` : `${failed} of ${probes.length} probes failed.`;
  return [...lines, verdict];
}
