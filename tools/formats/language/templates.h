// Templates: parts of twins with parameters, which `instances` of a scenario put in place.
//
//     instances: {orders: {template: kafka-topic, source: order_events, partitions: 24}}
//
// An instance makes the template's elements as `orders/NAME`, with the streams that these write; whatever else the template
// names stays as it is, so that a stream from outside is a parameter of it, or has the same name everywhere. $(NAME) in a
// template is a parameter of its own, in the value that an instance gives it one of the scenario's. A template may have
// instances itself.
//
// A template's file is found by its path, beside the file that names it, where that ends in .yaml or .yml; else as
// templates/NAME.yaml beside it, else among those that are shipped. What is wrong is told in the file that it stands in.
// Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/formats/language/diagnostics.h"
#include "tools/formats/language/document.h"

namespace understudy::formats {

struct TemplateParameter {
    std::string name, description;
    std::optional<Node> value;  ///< its default; without one each instance has to give it
};

struct Template {
    std::string name, description;
    std::vector<TemplateParameter> parameters;  ///< in the order of the file
    Node twin;                                  ///< as it stands there
};

/// Nothing if there is an error, which is reported; `source` as read_document() has it.
std::optional<Template> read_template(std::string_view text, Diagnostics& out, int source = 0);

/// Those that come with the program, by name: "kafka-topic".
std::vector<std::string> shipped_templates();
/// The text of one; empty where there is none.
std::string_view shipped_template(std::string_view name);

/// Puts the instances of the root's twin in place, and takes the section away. `folder`: of the file that has them.
void make_instances(Node& root, const std::string& folder, Diagnostics& out);

}  // namespace understudy::formats
