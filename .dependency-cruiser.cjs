// Who may import whom in packages/server/src. The two tables are the rules; the rest makes
// dependency-cruiser's patterns of them. `npm run check` runs this and counts what was seen.

/** A feature may import these features, through their index.ts, and no others. */
const features = {
  payouts: ['ledger'],
  conversions: [
    'clicks',
    'commissions',
    'ledger',
    'programs',
    'partners',
    'links',
    'customers',
    'attribution',
    'totals',
  ],
  imports: ['clicks', 'conversions', 'customers', 'links', 'programs'],
  commissions: ['programs', 'ledger'],
  clicks: ['customers', 'links', 'partners', 'programs'],
  customers: ['partners', 'programs'],
  links: ['partners', 'programs'],
  partners: ['programs'],
  programs: [],
  ledger: [],
  attribution: [],
  totals: [],
  accounts: ['programs'],
  onboarding: ['accounts', 'commissions', 'links', 'partners', 'programs'],
  verification: [],
  providers: ['conversions'],
  webhooks: [],
}
/** It reads every feature, and of them all only the composition root imports it. */
features.reports = Object.keys(features)

/** A folder or file of src may import these others, besides itself and what it needs from npm. */
const layers = {
  'shared/': [],
  'contract/': ['shared/'],
  'db/': ['shared/'],
  'http/': ['contract/', 'shared/', 'db/'],
  'features/': ['contract/', 'shared/', 'db/', 'http/', 'features/'],
  'jobs/': ['shared/', 'db/', 'features/'],
  'boot/': ['shared/', 'db/', 'features/', 'config.ts'],
  'config.ts': ['contract/', 'shared/'],
  'workers/': ['shared/', 'http/', 'boot/', 'config.ts'],
}

/** These put everything together and may import all of it; nothing else imports them. */
const roots = ['app.ts', 'serve.ts', 'worker.ts', 'main.ts', 'admin.ts', 'generate.ts', 'admin/']

const src = '^packages/server/src/'
const test = '\\.test\\.ts$'
const escaped = (name) => name.replaceAll('.', '\\.')
const oneOf = (names) => `(${names.map(escaped).join('|')})`
const folder = (name) => `${src}features/${name}/`

/** Tests stand beside the code and may use any of it, so no rule but the first is for them. */
function forbid(name, comment, from, to) {
  const exempt = [test, ...(from.pathNot ?? [])]
  return { name, comment, severity: 'error', from: { ...from, pathNot: exempt }, to }
}

const layerRules = Object.entries(layers).map(([layer, allowed]) =>
  forbid(
    `layer-${layer.replace('/', '')}`,
    `${layer} imports only ${allowed.join(', ') || 'itself'}`,
    { path: src + escaped(layer) },
    { path: src, pathNot: [src + oneOf([layer, ...allowed])] },
  ),
)

const featureRules = Object.entries(features).map(([feature, allowed]) =>
  forbid(
    `feature-${feature}`,
    `${feature} imports only ${allowed.join(', ') || 'no other feature'}`,
    { path: folder(feature) },
    { path: `${src}features/`, pathNot: [folder(oneOf([feature, ...allowed]))] },
  ),
)

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle cannot be understood, tested or started one part at a time',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    forbid(
      'no-orphans',
      'What nobody imports is dead',
      { orphan: true, path: src, pathNot: [src + oneOf(roots)] },
      {},
    ),
    forbid('resolvable', 'The import leads nowhere', {}, { couldNotResolve: true }),
    forbid(
      'known-parts',
      'A new folder or feature is entered in the tables of .dependency-cruiser.cjs first',
      {
        path: src,
        pathNot: [
          src + oneOf([...roots, ...Object.keys(layers).filter((layer) => layer !== 'features/')]),
          folder(oneOf(Object.keys(features))),
        ],
      },
      {},
    ),
    ...layerRules,
    forbid(
      'shared-without-packages',
      'shared/ rests on Node.js alone',
      { path: `${src}shared/` },
      { pathNot: [src], dependencyTypesNot: ['core'] },
    ),
    forbid(
      'contract-is-schemas',
      'contract/ describes the wire with typebox and needs nothing else',
      { path: `${src}contract/` },
      { pathNot: [src, '^node_modules/typebox/'] },
    ),
    forbid(
      'http-knows-types-of-db',
      'http/ may name the types of db/, the connection is given to it',
      { path: `${src}http/` },
      { path: `${src}db/`, dependencyTypesNot: ['type-only'] },
    ),
    ...featureRules,
    forbid(
      'feature-by-index',
      'A feature is imported only through its index.ts',
      { path: `${src}(?!features/)` },
      { path: folder('[^/]+'), pathNot: [`${folder('[^/]+')}index\\.ts$`] },
    ),
    forbid(
      'feature-by-index-from-feature',
      'A feature is imported only through its index.ts',
      { path: `${src}features/([^/]+)/` },
      { path: folder('[^/]+'), pathNot: [folder('$1'), `${folder('[^/]+')}index\\.ts$`] },
    ),
    forbid(
      'reports-from-root-only',
      'Only the composition root imports reports',
      { path: src, pathNot: [src + oneOf(roots), folder('reports')] },
      { path: folder('reports') },
    ),
    forbid(
      'domain-is-pure',
      'domain/ imports its own folder and shared/; of packages only parsers without state',
      { path: `${src}features/(.+)/domain/` },
      { pathNot: [`${folder('$1')}domain/`, `${src}shared/`, '^node_modules/(bowser|isbot)/'] },
    ),
    forbid(
      'tests-are-not-imported',
      'The server does not run its tests',
      { path: src },
      { path: [test, '^packages/server/test/'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
}
