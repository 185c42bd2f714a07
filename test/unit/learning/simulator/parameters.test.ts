import { expect, it } from 'vitest'
import { PARAMETERS } from '../../../../src/learning/simulator/parameters.js'

it('every number of the simulator has a source, those of the ripple and the jitter too', () => {
  for (const [name, { source }] of Object.entries(PARAMETERS))
    expect(source, name).toMatch(/^\((D|measured)\)|\d{3,4}/)
  expect(PARAMETERS).toMatchObject({ rippleTerms: { value: 3 }, intervalPerSendJitterSd: { value: 20 } })
})
