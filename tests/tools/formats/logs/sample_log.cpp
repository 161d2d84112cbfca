#include "tests/tools/formats/logs/sample_log.h"

// GCC 12 sees an overlap in Boost's compressor that is none.
#pragma GCC diagnostic ignored "-Wrestrict"
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <sstream>

namespace understudy::formats {

std::string gzipped(std::string_view text) {
    std::ostringstream out;
    {
        boost::iostreams::filtering_ostream stream;
        stream.push(boost::iostreams::gzip_compressor());
        stream.push(out);
        stream.write(text.data(), static_cast<std::streamsize>(text.size()));
    }
    return out.str();
}

}  // namespace understudy::formats
