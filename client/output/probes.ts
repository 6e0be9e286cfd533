import { probeInWords, type Probe } from '../../contract/doctor.ts';

/** What was tried for people, line by line, and what to do about what is not well. */
export function describeProbes(probes: readonly Probe[]): string[] {
  const width = Math.max(...probes.map(({ name }) => name.length));
  const lines = probes.flatMap((probe) => {
    const [first, ...more] = probeInWords(probe);
    const advice = probe.advice === undefined ? [] : [`→ ${probe.advice.message}`];
    return [
      `${sign(probe)} ${probe.name.padEnd(width)}  ${first}`,
      ...[...more, ...advice].map((line) => `    ${line}`),
    ];
  });
  return [...lines, verdict(probes)];
}

function sign({ ok, told }: Probe): string {
  if (!ok) return '✖';
  return told ? '•' : '✔';
}

function verdict(probes: readonly Probe[]): string {
  const tried = probes.filter(({ told }) => !told).length;
  const failed = probes.filter(({ ok }) => !ok).length;
  const result = failed === 0 ? `All ${tried} probes are well.` : `${failed} of ${tried} probes failed.`;
  const told = probes.length - tried;
  return told === 0 ? result : `${result} What stands behind • cannot be read: compare it in Actito.`;
}
