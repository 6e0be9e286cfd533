import { expect, it } from 'vitest';
import { projectFolder } from '../../config/folder-setting.ts';

it('the project folder is that of ACTITO_SYNC_PROJECT', () => {
  expect(projectFolder({ ACTITO_SYNC_PROJECT: '/srv/shop' })).toBe('/srv/shop');
});

it('without the variable there is no project folder: the error names the demo, and the demo is never used', () => {
  expect(() => projectFolder({})).toThrow(
    expect.objectContaining({
      type: 'ConfigurationInvalid',
      message:
        "ACTITO_SYNC_PROJECT is not set. Set it to your project folder (with sources/, destinations/ and activations/). The demo's project folder is examples/demo.",
    }),
  );
});
