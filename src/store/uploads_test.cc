#include "store/uploads.h"

#include <gmock/gmock.h>

#include "store/test_database.h"

namespace plenum::store {
namespace {

using testing::IsEmpty;

class Uploads : public WithTables {
 protected:
  std::string put(UploadKind kind = UploadKind::s3, std::int64_t created_ms = 1000,
                  const std::string& node = "node") {
    return enqueue_upload(db, {.api_key = "key",
                               .job = "job",
                               .node = node,
                               .kind = kind,
                               .path = "/recordings/a.mp4",
                               .target = kind == UploadKind::s3 ? "a.mp4" : "https://x/?secret",
                               .delete_local = true,
                               .created_ms = created_ms});
  }
  std::optional<Upload> claim(std::int64_t now_ms, bool presigned = true) {
    return claim_upload(db, "node", presigned, now_ms);
  }
};
ON_BOTH_DATABASES(Uploads);

TEST_P(Uploads, are_claimed_one_by_one_the_most_overdue_first) {
  const std::string younger = put(UploadKind::s3, 2000), older = put(UploadKind::s3, 1000);
  put(UploadKind::s3, 500, "another node");
  EXPECT_EQ(claim(999), std::nullopt);
  EXPECT_EQ(next_upload_ms(db, "node", true), 1000);
  const auto first = claim(3000);
  ASSERT_TRUE(first);

  EXPECT_EQ(first->id, older);
  EXPECT_EQ(first->claims, 1);
  EXPECT_EQ(first->wanted.path, "/recordings/a.mp4");
  EXPECT_EQ(first->wanted.target, "a.mp4");
  EXPECT_EQ(claim(3000)->id, younger);
  EXPECT_EQ(claim(3000), std::nullopt);
}

TEST_P(Uploads, of_strangers_urls_are_left_to_those_who_ask_for_them) {
  const std::string stranger = put(UploadKind::presigned, 1000), ours = put(UploadKind::s3, 2000);

  EXPECT_EQ(next_upload_ms(db, "node", false), 2000);
  EXPECT_EQ(claim(3000, false)->id, ours);
  EXPECT_EQ(claim(3000, false), std::nullopt);
  EXPECT_EQ(claim(3000, true)->id, stranger);
}

TEST_P(Uploads, that_failed_come_again_at_their_time_and_with_what_was_known_of_their_files) {
  const std::string id = put();
  claim(1000);
  put_upload_file(db, id, {.name = "", .multipart = "mp", .part_bytes = 8});
  put_upload_file(db, id, {.name = "", .multipart = "mp2", .part_bytes = 9});
  postpone_upload(db, id, 1, 5000, "HTTP status 503");
  EXPECT_EQ(claim(4999), std::nullopt);
  const auto again = claim(5000);
  ASSERT_TRUE(again);

  EXPECT_EQ(again->attempts, 1);
  EXPECT_EQ(again->claims, 2);
  EXPECT_EQ(again->error, "HTTP status 503");
  const auto files = upload_files(db, id);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].multipart, "mp2");
  EXPECT_EQ(files[0].part_bytes, 9);
  EXPECT_FALSE(files[0].done);
}

TEST_P(Uploads, that_ran_when_their_node_died_are_due_again) {
  const std::string id = put();
  claim(1000);
  release_uploads(db, "another node");
  EXPECT_EQ(claim(9000), std::nullopt);
  release_uploads(db, "node");

  EXPECT_EQ(claim(9000)->id, id);
}

TEST_P(Uploads, end_once_and_forget_the_secret_url_and_the_files) {
  const std::string id = put(UploadKind::presigned);
  claim(1000);
  put_upload_file(db, id, {.name = "", .done = true});
  EXPECT_TRUE(finish_upload(db, id, {.bytes = 7, .at_ms = 2000}));
  EXPECT_FALSE(finish_upload(db, id, {.error = "late", .at_ms = 3000}));

  EXPECT_EQ(db.execute("SELECT target FROM uploads").rows.at(0).text(0), "");
  EXPECT_THAT(upload_files(db, id), IsEmpty());
  const auto found = uploads_of_job(db, "key", "job");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].state, UploadState::done);
  EXPECT_EQ(found[0].bytes, 7);
  EXPECT_THAT(uploads_of_job(db, "other", "job"), IsEmpty());
}

TEST_P(Uploads, tell_nobody_their_url_while_they_wait) {
  put(UploadKind::presigned);

  EXPECT_EQ(uploads_of_job(db, "key", "job").at(0).wanted.target, "");
}

TEST_P(Uploads, are_remembered_until_their_local_files_are_deleted) {
  const std::string id = put();
  claim(1000);
  finish_upload(db, id, {.location = "https://b/a.mp4", .bytes = 7, .at_ms = 2000});
  EXPECT_EQ(purge_uploads(db, 9000, 10), 0);
  EXPECT_EQ(uploads_to_clean(db, "node", 10).at(0).id, id);
  local_files_deleted(db, id);

  EXPECT_THAT(uploads_to_clean(db, "node", 10), IsEmpty());
  EXPECT_EQ(purge_uploads(db, 2000, 10), 0);
  EXPECT_EQ(purge_uploads(db, 2001, 10), 1);
}

}  // namespace
}  // namespace plenum::store
