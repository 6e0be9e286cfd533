import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { loadProject } from '../../config/project.ts';
import { jsonSchemas } from '../../config/schema/json-schemas.ts';
import { problemsWith, projectFolder, VALID } from './folders.ts';

const DAY = 24 * 3_600_000;

async function settingsOf(files: Record<string, string>) {
  return (await loadProject(await projectFolder({ ...VALID, ...files }))).settings;
}

describe('project.yaml', () => {
  it('may be missing: rejects and the change log are kept for 14 days, runs for 90', async () => {
    expect(await settingsOf({})).toEqual({
      retention: { rejects: 14 * DAY, changeLog: 14 * DAY, runs: 90 * DAY },
    });
  });

  it('sets the retention periods; missing ones have their defaults', async () => {
    const retention = 'retention: { rejects: 3d }\n';
    expect(await settingsOf({ 'project.yaml': retention })).toEqual({
      retention: { rejects: 3 * DAY, changeLog: 14 * DAY, runs: 90 * DAY },
    });
    expect((await settingsOf({ 'project.yml': retention }))!.retention.rejects).toBe(3 * DAY);
  });

  it('is rejected if there are two of it', async () => {
    const both = {
      'project.yaml': 'retention: { rejects: 3d }\n',
      'project.yml': 'retention: { rejects: 4d }\n',
    };
    expect(await settingsOf(both)).toBeUndefined();
    expect(await problemsWith(both)).toEqual([
      'project.yml: another file has the same id "project" (with the extension .yaml or .yml)',
    ]);
  });

  it('has a schema for editors', () => {
    const schema = z.fromJSONSchema(jsonSchemas()['project.schema.json'] as z.core.JSONSchema.JSONSchema);
    expect(schema.safeParse({ retention: { runs: '30d' } }).success).toBe(true);
    expect(schema.safeParse({ retain: {} }).success).toBe(false);
  });
});

test.each([
  [
    'retention: { rejects: soon }',
    ':1 retention.rejects: expected a duration such as 15m, 48h or 2 days, got "soon"',
  ],
  [
    'retention:\n  runs: 1d\n  rejects: 1d',
    ':2 retention.runs: expected a duration of at least 7d, because guards compare with the last 7 days, got "1d"',
  ],
  [
    'retention: { rejects: 100d }',
    ':1 retention.rejects: expected at most retention.runs, because rejects are deleted with their run, got "100d"',
  ],
  [
    'retention: { changeLog: 91d }',
    ':1 retention.changeLog: expected at most retention.runs, because the change log is deleted with its runs, got "91d"',
  ],
  [
    'retention: { changeLog: 14 }',
    ':1 retention.changeLog: expected a duration such as 15m, 48h or 2 days, got 14',
  ],
  ['retention: { changelog: 7d }', ':1 retention.changelog: unknown setting, did you mean "changeLog"?'],
  ['retention: { reject: 1d }', ':1 retention.reject: unknown setting, did you mean "rejects"?'],
  ['retain: { runs: 90d }', ':1 retain: unknown setting (known: timezone, defaultCountry, retention, dbt)'],
  ['retention: 14d', ':1 retention: expected a group of settings'],
  ['retention: {', ':1: not valid YAML (bad indent)'],
  ['', ':1: the file is empty'],
])('project.yaml with %j is rejected', async (text, problem) => {
  expect(await problemsWith({ 'project.yaml': text })).toEqual([
    expect.stringContaining(`project.yaml${problem}`),
  ]);
});
