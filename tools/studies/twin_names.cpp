#include "tools/studies/twin_names.h"

#include <algorithm>

#include "tools/studies/log_names.h"

namespace understudy::studies {

namespace {

/// `airflow/load.fetch`, and not `check / pay`.
bool has_namespace(const std::string& text) {
    const std::size_t at = text.rfind('/');
    return at != std::string::npos && at > 0 && at + 1 < text.size() && text[at - 1] != ' ' &&
           text[at + 1] != ' ';
}

void add_once(TwinNames::Elements& elements, std::size_t element) {
    if (std::find(elements.begin(), elements.end(), element) == elements.end()) elements.push_back(element);
}

}  // namespace

void TwinNames::add(std::size_t element, const models::Stage& stage) {
    add(element, stage.description.label, {stage.name}, {twin_.drawn_as(stage.name)});
}

void TwinNames::add(std::size_t element, const models::Pipeline& pipeline) {
    add(element, pipeline.description.label, {pipeline.name}, {twin_.drawn_as(pipeline.name)});
}

void TwinNames::add(std::size_t element, const models::Pipeline& pipeline, const models::Task& task) {
    const std::string path = pipeline.name + "." + task.name, first = twin_.drawn_as(path);
    const std::string first_name = first.substr(first.rfind('.') + 1);
    std::vector<std::string> names = {task.name, path}, former = {first_name, first};
    // Logs may tell of one of both names only, or of the pipeline's alone.
    former.push_back(twin_.drawn_as(pipeline.name) + "." + task.name);
    former.push_back(pipeline.name + "." + first_name);
    if (const std::string& label = pipeline.description.label; !label.empty()) {
        names.push_back(label + "." + task.name);
        former.push_back(label + "." + first_name);
    }
    add(element, task.description.label, names, former);
}

void TwinNames::add_dataset(std::size_t element, const std::string& name, const std::string& label) {
    add(element, label, {name}, {twin_.drawn_as(name)});
}

void TwinNames::add(std::size_t element, const std::string& label, const std::vector<std::string>& names,
                    const std::vector<std::string>& former) {
    if (has_namespace(label)) labels_[element] = label;
    if (!label.empty()) add_once(now_[label], element);
    for (const std::string& name : names) add_once(now_[name], element);
    for (const std::string& name : former) add_once(former_[name], element);
}

TwinNames::Elements TwinNames::called(const std::string& name) const {
    for (const ByName* names : {&now_, &former_})
        if (const auto known = names->find(name); known != names->end()) return known->second;
    return {};
}

bool TwinNames::is_of_another(std::size_t element, const std::string& text) const {
    const auto label = labels_.find(element);
    return label != labels_.end() && label->second != text && has_namespace(text);
}

std::vector<TwinNames::Elements> TwinNames::meant_by(const std::string& text) const {
    std::vector<Elements> meant;
    for (const std::string& name : names_in_a_twin(text)) {
        Elements elements = called(name);
        std::erase_if(elements, [&](std::size_t element) { return is_of_another(element, text); });
        if (!elements.empty()) meant.push_back(std::move(elements));
    }
    return meant;
}

std::string TwinNames::other_namespace(const std::string& text) const {
    for (const std::string& name : names_in_a_twin(text))
        for (const std::size_t element : called(name))
            if (is_of_another(element, text)) return labels_.at(element);
    return "";
}

}  // namespace understudy::studies
