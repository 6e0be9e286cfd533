import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { STATE_VARIABLE } from '../../contract/names.ts';
import { environmentOf } from '../../simulator/environment.ts';
import { startSimulator } from '../../simulator/start.ts';

/*
 * Without a container engine, this test checks that the files around the images agree with the project. It
 * does not test whether the images build and run (docs/operations.md says so).
 */

interface Service {
  image?: string;
  build?: { context: string; target: string };
  healthcheck?: object;
  depends_on?: Record<string, { condition: string }>;
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  networks?: string[];
  read_only?: boolean;
  ports?: string[];
}
const COMPOSE_FILES = ['docker-compose.yml', 'docker/production.yml'];
const text = (file: string) => readFileSync(file, 'utf8');
const compose = (file: string) =>
  parse(text(file), { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
    networks: Record<string, { internal?: boolean } | null>;
  };
const services = (file: string) => compose(file).services;
/** The part before the first colon: a file, the name of a volume, or a variable with a path. */
const mounts = (file: string) =>
  Object.values(services(file)).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]!));

test('the development worker gets every variable that the example project names', async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.stop());
  const fromSimulator = Object.keys(environmentOf(simulator));
  const fromCompose = Object.keys(services('docker-compose.yml').worker!.environment!);

  const files = ['sources', 'destinations', 'activations'].flatMap((f) => yamlFilesOf(`examples/demo/${f}`));
  const named = files.flatMap((file) =>
    [...withoutComments(file).matchAll(/env: (\w+)/g)].map(([, name]) => name!),
  );
  expect(named.length).toBeGreaterThan(0);
  const given = [...fromSimulator, ...fromCompose];
  expect(named.filter((name) => !given.includes(name))).toEqual([]);
});

test.each(COMPOSE_FILES)('%s gives its worker a state database and a Temporal server', (file) => {
  expect(Object.keys(services(file).worker!.environment!)).toEqual(
    expect.arrayContaining(['ACTITO_SYNC_DATABASE_URL', 'TEMPORAL_ADDRESS']),
  );
});

test.each(COMPOSE_FILES)('every file that %s mounts exists', (file) => {
  const mounted = mounts(file).filter((source) => source.startsWith('.'));
  expect(mounted.length).toBeGreaterThan(0);
  expect(mounted.filter((source) => !existsSync(join(dirname(file), source)))).toEqual([]);
});

test.each(COMPOSE_FILES)('every volume of %s is declared and used', (file) => {
  const named = mounts(file).filter((source) => /^\w/.test(source));
  expect(new Set(named)).toEqual(new Set(Object.keys(compose(file).volumes)));
});

test.each(COMPOSE_FILES)(
  'in %s, every service that must be healthy for another one has a health check',
  (file) => {
    const all = services(file);
    const awaited = Object.values(all).flatMap(({ depends_on = {} }) => Object.entries(depends_on));
    expect(awaited.length).toBeGreaterThan(0);
    const inVain = awaited.filter(
      ([name, { condition }]) => !all[name] || (condition === 'service_healthy' && !all[name].healthcheck),
    );
    expect(inVain).toEqual([]);
  },
);

test.each(COMPOSE_FILES)(
  'the images that %s builds are stages of the Dockerfile beside package.json',
  (file) => {
    const builds = Object.values(services(file)).flatMap(({ build }) => build ?? []);
    const stages = [...text('Dockerfile').matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, stage]) => stage);
    expect(builds.length).toBeGreaterThan(0);
    for (const { context, target } of builds) {
      expect(existsSync(join(dirname(file), context, 'package.json')), context).toBe(true);
      expect(stages).toContain(target);
    }
  },
);

test.each(COMPOSE_FILES)('every image of %s has a version, and a digest unless it is built here', (file) => {
  const all = Object.values(services(file)).filter(({ image }) => image !== undefined);
  expect(all.length).toBeGreaterThan(0);
  for (const { image, build } of all)
    expect(image).toMatch(build ? /:\d[\w.-]*$/ : /:\d[\w.-]*@sha256:[0-9a-f]{64}$/);
  expect(text('Dockerfile')).toMatch(/^ARG NODE_IMAGE=node:\S+@sha256:[0-9a-f]{64}$/m);
});

describe('docker/production.yml', () => {
  const { services: all, networks } = compose('docker/production.yml');
  /** The services that share a network with a service. */
  const reached = (name: string) =>
    Object.keys(all).filter(
      (other) =>
        other !== name && all[other]!.networks!.some((shared) => all[name]!.networks!.includes(shared)),
    );

  test('gives the worker a role without superuser rights that owns the database', () => {
    const url = new URL(all.worker!.environment!.ACTITO_SYNC_DATABASE_URL!.replace(/\$\{.*?\}/, 'secret'));
    const script = text('docker/state/owner.sh');
    expect(all.state!.volumes!.join()).toContain('./state/owner.sh:/docker-entrypoint-initdb.d/');
    expect(script).toContain(`create role ${url.username} login nosuperuser`);
    expect(script).toContain(`create database ${url.pathname.slice(1)} owner ${url.username};`);
    expect(all.state!.environment!.POSTGRES_PASSWORD).not.toBe(all.state!.environment!.STATE_PASSWORD);
  });

  test('lets only the services that need a server reach it', () => {
    expect(reached('state')).toEqual(['worker']);
    expect(reached('temporal-postgres').sort()).toEqual(['temporal', 'temporal-schema']);
    const isOpen = (name: string) => all[name]!.networks!.some((network) => !networks[network]?.internal);
    expect(Object.keys(all).filter(isOpen)).toEqual(['temporal-ui', 'worker']);
    expect(Object.values(all).flatMap(({ ports = [] }) => ports)).toEqual(['127.0.0.1:8233:8080']);
  });

  test('has read-only root file systems, except for the web UI, where that was not tested', () => {
    expect(Object.keys(all).filter((name) => !all[name]!.read_only)).toEqual(['temporal-ui']);
  });
});

test('the images, CI and the documentation name the same version of Node', () => {
  const version = /^ARG NODE_IMAGE=node:(24\.\d+\.\d+)-/m.exec(text('Dockerfile'))?.[1];
  expect(version).toBeDefined();
  expect(text('.ci/node24')).toContain(`version=${version}`);
  expect(text('docs/operations.md')).toContain(version);
});

test('the lock file has the packages of every platform, each with its checksum', () => {
  interface Package {
    integrity?: string;
    optionalDependencies?: Record<string, string>;
    link?: boolean;
  }
  const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, Package> };
  const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)!));
  const optional = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  );
  expect(optional).toEqual(expect.arrayContaining(['@swc/core-darwin-arm64', '@esbuild/win32-x64']));
  expect(optional.filter((name) => !names.has(name))).toEqual([]);
  expect(Object.keys(packages).filter((path) => path !== '' && !packages[path]!.integrity)).toEqual([]);
});

test('the build creates everything that is started from dist/', () => {
  const { files } = JSON.parse(text('tsconfig.build.json')) as { files: string[] };
  const made = files.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);
  const started = ['Dockerfile', 'package.json', 'docs/operations.md', ...COMPOSE_FILES].flatMap(
    (file) => text(file).match(/dist\/[\w/-]+\.js/g) ?? [],
  );
  expect(started).toEqual(expect.arrayContaining(['dist/worker/main.js', 'dist/worker/healthcheck.js']));
  expect([...new Set(started)].filter((file) => !made.includes(file))).toEqual([]);
});

test('docs/operations.md names every variable that the worker reads itself', () => {
  const read = [...filesOf('worker', '.ts'), 'config/folder-setting.ts'].flatMap((file) =>
    [...text(file).matchAll(/\benv\.([A-Z_]+)/g)].map(([, name]) => name!),
  );
  expect(text('worker/main.ts')).toContain('[STATE_VARIABLE]');
  read.push(STATE_VARIABLE);
  expect(read).toContain('ACTITO_SYNC_DATABASE_URL');
  const page = text('docs/operations.md');
  expect([...new Set(read)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('docs/operations.md names every variable that docker/production.yml requires', () => {
  const wanted = [...text('docker/production.yml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!);
  expect(wanted).toContain('STATE_PASSWORD');
  const page = text('docs/operations.md');
  expect([...new Set(wanted)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

function yamlFilesOf(folder: string): string[] {
  return filesOf(folder, '.yaml');
}

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

function withoutComments(file: string): string {
  return text(file).replace(/#.*$/gm, '');
}
