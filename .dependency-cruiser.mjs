// The direction of dependencies: a file imports from its own level or from a higher number, without cycles.
// CONTRIBUTING.md describes the folders. "npm run lint:levels" checks the rules.

/** The levels, lowest number first. Each entry is a regular expression on the path of a file. */
const LEVELS = [
  ['^bin/', '^src/server\\.ts$', '^src/cli/'],
  ['^src/app\\.ts$', '^src/register-routes\\.ts$', '^src/container\\.ts$'],
  ['^routes/'],
  ['^src/plugins/'],
  ['^src/jobs/'],
  [
    '^src/views/',
    '^src/accounts/',
    '^src/editing/',
    '^src/home/',
    '^src/statistics/',
    '^src/changes/',
    '^src/transfer/',
    '^src/doctor/',
    '^src/demo/',
  ],
  ['^src/media/', '^src/watching/'],
  ['^src/schemas/', '^src/http/'],
  ['^src/search/'],
  ['^src/catalogue/'],
  [
    '^src/storage/',
    '^src/security/',
    '^src/mail/',
    '^src/webhooks/',
    '^src/database/',
    '^src/audit/',
    '^src/config(\\.ts$|/)',
    '^migrations/',
  ],
  ['^models/'],
  ['^src/domain/'],
  ['^src/errors\\.ts$', '^src/measurements\\.ts$'],
]

/** The folders of the service. */
const SERVICE = '^(src|models|migrations|routes)/'

const levelRules = LEVELS.slice(1).map((paths, index) => ({
  name: `level-${index + 2}-imports-upward`,
  comment: `Level ${index + 2} may not import from levels 1 to ${index + 1}.`,
  severity: 'error',
  from: { path: paths },
  to: { path: LEVELS.slice(0, index + 1).flat() },
}))

export default {
  forbidden: [
    ...levelRules,
    {
      name: 'no-cycles',
      comment: 'Files do not import each other in a circle, not even for types.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'routes-are-independent',
      comment: 'A route module does not import another route module.',
      severity: 'error',
      from: { path: '^routes/' },
      to: { path: '^routes/' },
    },
    {
      name: 'schemas-hold-constants-only',
      comment: 'Schemas import the rules of the domain and each other.',
      severity: 'error',
      from: { path: '^src/schemas/' },
      to: { path: '^(src/(?!schemas/|domain/|errors)|models/|routes/)' },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain uses neither Mongoose nor Fastify.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: 'node_modules/(mongoose|fastify|@fastify)' },
    },
    {
      name: 'service-is-self-contained',
      comment: 'The service imports neither tests, benchmarks, the web apps nor the client package.',
      severity: 'error',
      from: { path: SERVICE },
      to: { path: '^(test|bench|web|packages)/' },
    },
    {
      name: 'client-package-is-self-contained',
      comment: 'The client package is installed without the project: it imports only its own files and openapi-fetch.',
      severity: 'error',
      from: { path: '^packages/client/src/' },
      to: { pathNot: '^(packages/client/src/|node_modules/openapi-fetch/)' },
    },
    {
      name: 'every-file-has-a-level',
      comment: 'A new folder of src gets a level in this file.',
      severity: 'error',
      from: { path: SERVICE, pathNot: LEVELS.flat() },
      to: {},
    },
    {
      name: 'no-unresolved-imports',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, path: '^\\.', pathNot: 'generated/' },
    },
    {
      name: 'production-dependencies',
      comment: 'Production does not install the packages for development: no module of the service imports one.',
      severity: 'error',
      from: { path: SERVICE },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], dynamic: false },
    },
    {
      name: 'development-packages',
      comment: 'Only an embedded database server, which production never starts, loads packages for development.',
      severity: 'error',
      from: { path: SERVICE, pathNot: '^src/database/(start|running)-server\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], dynamic: true },
    },
    {
      name: 'demo-is-optional',
      comment: 'The demo is loaded when it is seeded: its data is not installed in production.',
      severity: 'error',
      from: { path: SERVICE, pathNot: '^src/demo/' },
      to: { path: '^src/demo/', dynamic: false },
    },
    {
      name: 'migrations-use-the-driver',
      comment: 'A migration knows the documents of its time; models and rules know the newest form.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|models|routes)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
