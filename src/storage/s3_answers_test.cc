#include "storage/s3_answers.h"

#include <gmock/gmock.h>

#include "storage/xml.h"

namespace plenum::storage {
namespace {

using testing::ElementsAre;

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Xml, reads_elements_attributes_and_entities) {
  const auto root = parse_xml(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<A xmlns='urn:x' n = \"\">\n <B>x &amp;&#x3c;&#228;</B><C/></A>\n");
  EXPECT_FALSE(root) << "no spaces around the equals sign of an attribute";
  const auto good =
      parse_xml("\xef\xbb\xbf<A xmlns='urn:x'>\n <B>x &amp;&#x3c;&#228;</B><C/></A>\n");

  ASSERT_TRUE(good);
  EXPECT_EQ(good->child_text("B"), "x &<ä");
  EXPECT_EQ(good->child("C")->text, "");
  EXPECT_EQ(good->text, "");
}

TEST(Xml, refuses_all_that_answers_do_not_have) {
  for (const char* text : {"",
                           "x",
                           "<",
                           "<A",
                           "<A>",
                           "<A></B>",
                           "<A/><B/>",
                           "<A>&foo;</A>",
                           "<A>&#0;</A>",
                           "<A>&#xd800;</A>",
                           "<A>&amp</A>",
                           "<A b>x</A>",
                           "<A b=c/>",
                           "<A b='<'/>",
                           "<!DOCTYPE A><A/>",
                           "<A><!-- --></A>",
                           "<A><![CDATA[x]]></A>",
                           "<A><?x?></A>",
                           "<A>\x01</A>",
                           "<A/>x"})
    EXPECT_FALSE(parse_xml(text)) << text;
  EXPECT_TRUE(parse_xml(repeated("<A>", 8) + repeated("</A>", 8)));
  EXPECT_FALSE(parse_xml(repeated("<A>", 9) + repeated("</A>", 9)));
  EXPECT_FALSE(parse_xml("<A>" + repeated("<B/>", 20'000) + "</A>"));
  EXPECT_FALSE(parse_xml("<A>" + std::string(3 << 20, 'x') + "</A>"));
}

TEST(S3Answers, give_the_id_of_a_multipart_upload) {
  EXPECT_EQ(parse_upload_id("<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key>"
                            "<UploadId>VXBs.b2Fk_-~</UploadId></InitiateMultipartUploadResult>"),
            "VXBs.b2Fk_-~");
  for (const char* body :
       {"<InitiateMultipartUploadResult/>", "<Error><UploadId>x</UploadId></Error>",
        "<InitiateMultipartUploadResult><UploadId>a b</UploadId></InitiateMultipartUploadResult>"})
    EXPECT_EQ(parse_upload_id(body), std::nullopt) << body;
}

TEST(S3Answers, list_parts_page_by_page) {
  const auto page = parse_parts(
      "<ListPartsResult><IsTruncated>true</IsTruncated>"
      "<NextPartNumberMarker>2</NextPartNumberMarker>"
      "<Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag><Size>8388608</Size></Part>"
      "<Part><PartNumber>2</PartNumber><ETag>\"b\"</ETag><Size>5</Size></Part></ListPartsResult>");
  ASSERT_TRUE(page);

  EXPECT_THAT(page->parts, ElementsAre(Part{1, "\"a\"", 8388608}, Part{2, "\"b\"", 5}));
  EXPECT_EQ(page->next, 2);
  EXPECT_EQ(parse_parts("<Other><IsTruncated>false</IsTruncated></Other>")->parts.size(), 0u)
      << "servers differ in the name";
  EXPECT_FALSE(parse_parts("<ListPartsResult/>"));
  for (const char* part : {"<PartNumber>0</PartNumber><ETag>a</ETag><Size>1</Size>",
                           "<PartNumber>10001</PartNumber><ETag>a</ETag><Size>1</Size>",
                           "<PartNumber>1</PartNumber><Size>1</Size>",
                           "<PartNumber>1</PartNumber><ETag>a</ETag><Size>-1</Size>"})
    EXPECT_FALSE(parse_parts("<ListPartsResult><IsTruncated>false</IsTruncated><Part>" +
                             std::string(part) + "</Part></ListPartsResult>"))
        << part;
  EXPECT_FALSE(parse_parts("<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>"));
}

TEST(S3Answers, name_the_uploads_of_one_key_and_not_of_those_it_begins) {
  EXPECT_THAT(*parse_uploads("<ListMultipartUploadsResult>"
                             "<Upload><Key>a.mp4</Key><UploadId>1</UploadId></Upload>"
                             "<Upload><Key>a.mp4.bak</Key><UploadId>2</UploadId></Upload>"
                             "</ListMultipartUploadsResult>",
                             "a.mp4"),
              ElementsAre("1"));
}

TEST(S3Answers, tell_a_failure_that_says_200) {
  EXPECT_TRUE(
      parse_completed("<CompleteMultipartUploadResult><ETag>x</ETag>"
                      "</CompleteMultipartUploadResult>"));
  EXPECT_FALSE(parse_completed("<Error><Code>InternalError</Code></Error>"));
  EXPECT_FALSE(parse_completed(""));
  EXPECT_EQ(parse_error_code("<Error><Code>NoSuchUpload</Code><Message>m</Message></Error>"),
            "NoSuchUpload");
  EXPECT_EQ(parse_error_code("<Error><Code>a b</Code></Error>"), std::nullopt);
  EXPECT_EQ(parse_error_code("<html/>"), std::nullopt);
}

TEST(S3Answers, complete_an_upload_with_its_parts_in_order) {
  EXPECT_EQ(completion_body({{1, "\"a\"", 1}, {2, "b", 1}}),
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>b</ETag></Part></CompleteMultipartUpload>");
}

}  // namespace
}  // namespace plenum::storage
