import type { Project } from '../../config/project.ts';

/** The environment variables that a project names and that are not set, a sentence each; never a value. */
export function unsetVariables({ sources, destinations }: Project, env: NodeJS.ProcessEnv): string[] {
  const named = [
    ...[...sources].flatMap(([id, source]) => variables(source, `sources/${id}`)),
    // A contract holds names of Actito's, and no variable.
    ...[...destinations].flatMap(([id, { contract: _, ...destination }]) =>
      variables(destination, `destinations/${id}`),
    ),
  ];
  return named.flatMap(({ setting, variable }) => {
    if (env[variable]) return [];
    const state = env[variable] === '' ? 'empty' : 'not set';
    return [`${setting}: the environment variable ${variable} is ${state}`];
  });
}

/** Every `{ env: NAME }` in a file. */
function variables(value: unknown, setting: string): { setting: string; variable: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('env' in value && typeof value.env === 'string') return [{ setting, variable: value.env }];
  return Object.entries(value).flatMap(([name, inner]) =>
    variables(inner, setting.includes(' ') ? `${setting}.${name}` : `${setting} ${name}`),
  );
}
