import { tierRule } from '../../packages/conformance/src/report/tier.ts'
import { allCases } from '../../packages/conformance/src/suite/all-cases.ts'
import { generated, table } from './table.ts'

function groupsOf(groups: readonly string[]): string {
  return groups.map((group) => `\`${group}\``).join(', ')
}

/** What each tier takes, and the cases of the suite by which it is measured. */
export function tiersPage(): string {
  const { experimental, beta, production } = tierRule
  const percent = (share: number): string => `${share * 100} %`
  return [
    '# Tiers\n',
    generated,
    'A tier says how far a provider can be relied on. It follows from evidence: `testProvider` of `@llmfb/conformance` runs the',
    'cases below and writes their outcome to `conformance.json` in the package of the provider, and `tierOf(report, today)` is the',
    'highest tier whose row the report fulfils, those above it included. A manifest may claim less; one that claims more',
    'fails the tests of its package, and those of this repository.\n',
    table(
      ['tier', 'admitted', 'cases that pass', 'no gap in', 'cases that fail', 'besides'],
      [
        ['`planned`', 'never', '–', '–', '–', 'there is no report, or it is not enough for more'],
        [
          '`experimental`',
          'by name',
          percent(experimental.passes),
          groupsOf(experimental.without),
          'outside of these',
          '–',
        ],
        ['`beta`', 'yes', percent(beta.passes), groupsOf(beta.without), 'none', '–'],
        [
          '`production`',
          'yes',
          percent(production.passes),
          groupsOf(production.without),
          'none',
          `${production.recordings} recordings of the real service at least, and all there are, replayed; ` +
            `a report that a run with all recordings wrote within the last ${production.days} days`,
        ],
      ],
    ),
    'The share is of the cases that apply. A case does not apply where the service or the model has no such thing, which the',
    'manifest and the dialect of the service say, and which costs nothing. A **gap** is a case that applies and is not kept:',
    "`gaps: { 'tools.parallel': 'the reason' }`. It counts as not passed, its reason stands in the report and in",
    '[the page of providers](providers.md), and a gap that is no case or is not needed fails.\n',
    'Where others wrote a mock of the service, the cases run a second time against that. The share is of the first run; what',
    'fails in the second counts as failed all the same. Where the vendor describes its API, a case in which a request was',
    'sent that is not as described fails.\n',
    'A provider without a service of its own has nothing to record, and is `beta` at most.\n',
    `## The cases\n`,
    `There are ${allCases.length}. Each runs against a service of its own on a loopback socket that speaks the dialect of the`,
    'provider, in both ways of asking wherever a model streams.\n',
    table(
      ['case', 'holds a provider to this'],
      allCases.map(({ id, title }) => [`\`${id}\``, title]),
    ),
  ].join('\n')
}
