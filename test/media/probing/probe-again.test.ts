import mongoose from 'mongoose'
import t from 'tap'
import { Media } from '../../../models/media.js'
import { probeOutdatedFiles } from '../../../src/media/probing/probe-again.js'
import { containerOf, startApp } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { signUpAdmin } from '../../support/users.js'

t.test('a file that an earlier version probed is probed again, once', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const { prober, ...deps } = containerOf(app)
  await Media.updateOne({ _id: movie }, {
    $set: { 'files.$[file].videoCodec': 'hev1.1', 'files.$[file].probeVersion': 0 },
  }, { arrayFilters: [mongoose.trusted({ 'file.probeVersion': { $exists: true } })] })
  const [title] = [deps.catalogue.findItem(movie)?.titleId ?? '']
  await deps.catalogue.reloadTitle(title)
  let probes = 0
  const counting = {
    ...prober,
    async probe (...args: Parameters<typeof prober.probe>) {
      probes++
      return await prober.probe(...args)
    },
  }
  await probeOutdatedFiles({ ...deps, prober: counting })
  await probeOutdatedFiles({ ...deps, prober: counting })
  t.equal(probes, 1)
  const [file] = (await admin.get(`/v1/movies/${movie}`)).body.mediaFiles
  t.match(file, { videoCodec: 'avc1.640016', audioLanguages: ['en'], embeddedSubtitles: [] })
})
