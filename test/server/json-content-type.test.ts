import t from 'tap'
import { isJsonContentType } from '../../src/server/json-content-type.ts'

const table = [
  { contentType: 'application/json', want: true },
  { contentType: 'Application/JSON', want: true },
  { contentType: 'application/json; charset=utf-8', want: true },
  { contentType: 'application/json;charset="UTF-8"', want: true },
  { contentType: 'application/json; charset=latin1', want: false },
  { contentType: 'application/jsonx', want: false },
  { contentType: 'application/vnd.kubernetes.protobuf', want: false },
  { contentType: 'text/plain, application/json', want: false },
  { contentType: '', want: false },
  { contentType: undefined, want: false },
]

for (const { contentType, want } of table) {
  t.test(`${contentType ?? 'no content type'} ${want ? 'is' : 'is not'} JSON`, async t => {
    t.equal(isJsonContentType(contentType), want)
  })
}
