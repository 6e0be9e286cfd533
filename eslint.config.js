import tseslint from 'typescript-eslint';

/** Who may import whom: folders know only what stands below them. */
const MAY_IMPORT = {
  contract: [],
  activation: ['contract'],

  config: ['activation', 'contract'],
  postgres: ['activation', 'contract'],
  warehouse: ['activation', 'contract', 'postgres'],
  state: ['activation', 'contract', 'postgres'],
  actito: ['activation', 'contract'],
  activities: ['activation', 'contract', 'config', 'warehouse', 'state', 'actito'],
  workflows: ['activation', 'contract', 'activities'], // of activities, types only: see below
  worker: ['activation', 'contract', 'config', 'postgres', 'state', 'activities', 'workflows'],
  client: ['activation', 'contract', 'config'],
  cli: ['activation', 'contract', 'config', 'postgres', 'warehouse', 'state', 'client'],
  simulator: [],
  dev: ['activation', 'contract', 'config', 'warehouse', 'worker', 'simulator'],
};
const FOLDERS = Object.keys(MAY_IMPORT);

/** One rule block per folder; a folder may always import from itself. */
const layering = FOLDERS.map((folder) => {
  const forbidden = FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder].includes(other));
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${[...forbidden, 'test', 'bench', 'examples'].join('|')})/`,
              message: `${folder}/ must not import from there: imports point downwards only (see eslint.config.js).`,
            },
            ...(folder === 'workflows'
              ? [
                  {
                    regex: '^(\\.\\./)+activities/',
                    allowTypeImports: true,
                    message: 'Workflow code is deterministic: import the types of activities only.',
                  },
                ]
              : []),
          ],
        },
      ],
    },
  };
});

const SPREAD_LITERAL = {
  selector:
    'ObjectExpression > SpreadElement > ObjectExpression, ArrayExpression > SpreadElement > ArrayExpression',
  message: 'A literal that is spread into another says nothing: write its parts where they belong.',
};
const EXPECTED = 'What a value must be is said in contract/messages/expected.ts.';
/** In a schema, a text of several words without a full stop; what describes a setting is for its documentation. */
const WORDS_OF_SCHEMA = {
  selector:
    'Program:has(> ImportDeclaration[source.value="zod"]) :matches(Literal[value=/ [a-z].*[^.]$/i], ' +
    'TemplateElement[value.raw=/ [a-z]/i]):not(CallExpression[callee.property.name=/^(describe|meta)$/] *)',
  message: EXPECTED,
};
/** The same in files that say other things, too. */
const WORDS_OF_ERROR = {
  selector:
    'Program:has(> ImportDeclaration[source.value="zod"]) Property[key.name="error"] > :matches(Literal, TemplateLiteral)',
  message: EXPECTED,
};

export default tseslint.config(
  { ignores: ['node_modules/', '.cache/', 'coverage/', 'dist/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'dev/start.js', 'bin/actito-sync.js'] },
        tsconfigRootDir: import.meta.dirname ?? new URL('.', import.meta.url).pathname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 250 }],
      'no-restricted-syntax': ['error', SPREAD_LITERAL],
    },
  },
  {
    files: ['{cli,client,actito,activities,worker}/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', SPREAD_LITERAL, WORDS_OF_ERROR] },
  },
  {
    files: [
      'activation/definition/**/*.ts',
      'config/{settings,expectations}.ts',
      'contract/*.ts',
      'workflows/request.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', SPREAD_LITERAL, WORDS_OF_SCHEMA, WORDS_OF_ERROR] },
  },
  {
    // vitest's matchers are typed any; what a test reads is checked by running it.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    // A warehouse may be somebody's real one: it is read by its driver, which cannot write.
    files: ['dev/project/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'pg', message: 'Read a warehouse by its driver.' }] },
      ],
    },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
  ...layering,
);
